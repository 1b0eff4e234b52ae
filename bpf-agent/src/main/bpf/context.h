/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Where the threads of a process keep the pointer to their context. Shared with the Java side (context/ContextLayout); a test
 * compares both.
 */
#ifndef CONTEXT_H
#define CONTEXT_H

/*
 * Value of the map of processes that publish contexts; the key is the tgid. Offsets and sizes are in bytes. The pointer's
 * address is
 *   slot_bytes == 0: thread pointer + offset
 *   else: the block that slot `module` of the thread's vector of modules points to, + offset. The vector is found by a
 *   pointer at thread pointer + vector; how many slots it has stands in it, at slots.
 */
struct sh_context_place {
	__u64 start_boottime;
	__u64 exec_id;
	__s64 offset;
	__u64 module;
	__s32 vector;
	__s32 slots;
	__u32 slot_bytes;
	__u32 unused;
};

#endif
