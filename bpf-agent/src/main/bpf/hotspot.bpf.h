/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The step through generated code of a HotSpot JVM (interpreter, compiled methods, stubs). unwind.h calls hotspot_step() for
 * each frame whose address lies in executable memory without a file, if the process's entry has SH_PROCESS_HOTSPOT.
 *
 * Contract: see "A step" in unwind.h. The registers of the frame are u->regs {pc, sp, fp}, and sh_code_pc(u) is the address
 * to look for. To leave the frame, set u->regs to the caller's {pc, sp, fp}; to name it, set u->frame.kind to a type of 1 to
 * 15 and up to SH_MAX_COOKIES cookies (u->frame.cookies = how many): all of them are part of the stack's hash, and arrive
 * in RawStack beside the address. Per-process values belong into a map of this file's own, keyed by u->tgid.
 */
#ifndef HOTSPOT_BPF_H
#define HOTSPOT_BPF_H

SH_STEP_FUNCTION int hotspot_step(struct sh_unwind *u)
{
	if (!u)
		return SH_STEP_DECLINED;
	return SH_STEP_DECLINED;
}

#endif
