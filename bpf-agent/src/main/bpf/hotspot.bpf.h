/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The step through generated code of a HotSpot JVM (interpreter, compiled methods, stubs). unwind.h calls hotspot_step() for
 * each frame whose address is in the code cache, the bounds of which hotspot_begin() looks up. Contract: "A step" in unwind.h.
 *
 * HotSpot keeps no chain of frame pointers, but it says of each piece of code how large its frame is:
 *
 *   code heap    = segments; a byte per segment leads back to the first segment of the block that has it
 *   block        = header, code blob {frame size in words, where the frame is complete, code, name}
 *   compiled     [SP + 8 * size - 8] return address, [... - 16] caller's FP; before the frame is complete, and after it
 *                was left, the instructions around PC tell
 *   interpreted  FP[1] return address, FP[0] caller's FP, FP[-1] caller's SP, FP[-3] Method, FP[-8] bytecode pointer
 *   stubs        a frame size, a frame with FP, or none
 *
 * Java code is called from generated code alone (the call stub is part of it), so that a return address outside of the code
 * cache shows a wrong guess. The process runs on while its debugger's view is read, and may lie: what is read leads to
 * other reads only, each of which may fail.
 */
#ifndef HOTSPOT_BPF_H
#define HOTSPOT_BPF_H

#include "hotspot.h"

#define HS_MAX_SEGMENT_STEPS 48
#define HS_FREE 255
#define HS_MAX_FRAME_WORDS (1 << 17)
#define HS_MAX_SCAN 12
#define HS_MAX_PROLOGUE 32

/* First 8 characters of CodeBlob::_name */
#define HS_NAME_NMETHOD 0x00646f6874656d6eULL /* "nmethod" */
#define HS_NAME_NATIVE 0x6e2065766974616eULL  /* "native n" */

#define HS_MIX_1 0x9E3779B185EBCA87ULL
#define HS_MIX_2 0xC2B2AE3D27D4EB4FULL

static __always_inline int hs_is_code(struct sh_hotspot *h, __u64 address)
{
	return address >= h->low && address < h->high;
}

static __always_inline int hs_is_stack(struct sh_unwind *u, __u64 address)
{
	return address >= u->regs.sp && address - u->regs.sp < SH_MAX_FP_FRAME && !(address & 7);
}

static __always_inline __u64 hs_u64(struct sh_unwind *u, __u32 offset)
{
	return *(__u64 *)((__u8 *)u->bytes + (offset & (SH_UNWIND_BYTES - 1)));
}

static __always_inline __u32 hs_u32(struct sh_unwind *u, __u32 offset)
{
	return *(__u32 *)((__u8 *)u->bytes + (offset & (SH_UNWIND_BYTES - 1)));
}

static __always_inline __u16 hs_u16(struct sh_unwind *u, __u32 offset)
{
	return *(__u16 *)((__u8 *)u->bytes + (offset & (SH_UNWIND_BYTES - 1)));
}

/* The frame ends at cfa, above which the caller's begins. */
static __always_inline int hs_leave(struct sh_unwind *u, __u64 pc, __u64 fp, __u64 cfa)
{
	if (cfa <= u->regs.sp || (cfa & 7))
		return -SH_STATUS_BAD_CFA;
	u->regs.pc = pc;
	u->regs.fp = fp;
	u->regs.sp = cfa;
	return SH_STEP_DONE;
}

/* The code blob that has the address, or 0. */
SH_STEP_FUNCTION __u64 hs_find_blob(struct sh_hotspot *h, __u64 pc)
{
	__u64 low = 0, segments = 0, segment;
	__u32 shift;
	__u8 back;

	if (!h)
		return 0;
	for (int i = 0; i < SH_MAX_CODE_HEAPS; i++) {
		if (pc >= h->heap[i].low && pc < h->heap[i].high) {
			low = h->heap[i].low;
			segments = h->heap[i].segments;
		}
	}
	if (!low)
		return 0;
	shift = h->segment_shift & 31;
	segment = (pc - low) >> shift;
	for (int i = 0; i < HS_MAX_SEGMENT_STEPS; i++) {
		back = HS_FREE;
		if (sh_read_user(&back, sizeof(back), segments + segment) || back == HS_FREE)
			return 0;
		if (back == 0)
			return low + (segment << shift) + h->heap_block_bytes;
		segment -= back;
	}
	return 0;
}

/* Without a frame of its own: the return address is the last word. */
static __always_inline int hs_leave_frameless(struct sh_unwind *u)
{
	__u64 pc = 0;

	if (sh_read_user(&pc, sizeof(pc), u->regs.sp))
		return -SH_STATUS_READ_FAULT;
	return hs_leave(u, pc, u->regs.fp, u->regs.sp + 8);
}

/* The caller's FP is the last word, the return address the one before. */
static __always_inline int hs_leave_pushed(struct sh_unwind *u)
{
	__u64 pair[2] = {};

	if (sh_read_user(pair, sizeof(pair), u->regs.sp))
		return -SH_STATUS_READ_FAULT;
	return hs_leave(u, pair[1], pair[0], u->regs.sp + 16);
}

static __always_inline int hs_leave_by_fp(struct sh_unwind *u)
{
	__u64 pair[2] = {};

	if (sh_read_user(pair, sizeof(pair), u->regs.fp))
		return -SH_STATUS_READ_FAULT;
	return hs_leave(u, pair[1], pair[0], u->regs.fp + 16);
}

/* Names the interpreted method and leaves its frame. Declines if there is none: at the begin and end of methods. */
SH_STEP_FUNCTION int hs_interpreted(struct sh_unwind *u, struct sh_hotspot *h)
{
	__u64 method, constants, bcp, bci, mixed, top = 0;
	__u64 *frame;

	if (!u || !h)
		return SH_STEP_DECLINED;
	frame = u->bytes;
	if (!hs_is_stack(u, u->regs.fp))
		return SH_STEP_DECLINED;
	if (u->flags & SH_UW_LEAF) {
		if (sh_read_user(&top, sizeof(top), u->regs.sp) || hs_is_code(h, top))
			return SH_STEP_DECLINED;
	}
	if (sh_read_user(frame, 10 * sizeof(__u64), u->regs.fp - 8 * sizeof(__u64)))
		return SH_STEP_DECLINED;
	bcp = frame[0];
	method = frame[5];
	if (frame[7] <= u->regs.fp || !method || !hs_is_code(h, frame[9]))
		return SH_STEP_DECLINED;
	/* Before the buffer is used again. */
	u->found[0] = frame[9];
	u->found[1] = frame[8];
	u->found[2] = frame[7];
	constants = 0;
	if (sh_read_user(&constants, sizeof(constants), method + h->const_method) || !constants)
		return SH_STEP_DECLINED;
	if (sh_read_user(u->bytes, SH_MAX_CONST_METHOD_BYTES, constants))
		return SH_STEP_DECLINED;
	if (u->flags & SH_UW_LEAF) {
		bci = u->leaf[SH_HOTSPOT_BCP_REGISTER] - constants - h->const_method_bytes;
		if (bci < hs_u16(u, h->code_bytes))
			bcp = u->leaf[SH_HOTSPOT_BCP_REGISTER];
	}
	bci = bcp - constants - h->const_method_bytes;
	if (bci >= hs_u16(u, h->code_bytes))
		bci = SH_NO_BCI;
	mixed = (constants ^ hs_u64(u, h->constants) * HS_MIX_1 ^ hs_u32(u, h->name_index)) * HS_MIX_2;
	u->frame.pc = method;
	u->frame.kind |= SH_FRAME_INTERPRETED;
	u->frame.cookies = 1;
	u->frame.cookie[0] = (mixed >> 32 << 32) | bci;
	return hs_leave(u, u->found[0], u->found[1], u->found[2]);
}

/*
 * All ones if the instructions before PC, which the buffer begins with, took the frame's room: sub $imm8, %rsp is
 * 48 83 ec and one byte, sub $imm32, %rsp 48 81 ec and four. begun is how far the code goes back. Without a branch: the
 * verifier would walk each combination of them.
 */
static __always_inline __u64 hs_has_room(struct sh_unwind *u, __u64 begun)
{
	__u8 *code = (__u8 *)u->bytes;
	__u64 room = 0, differs, length, ends, inside;
	__u32 word;

	for (__u32 i = 0; i < HS_MAX_PROLOGUE - 3; i++) {
		word = *(__u32 *)(code + i);
		length = 7 - 3 * ((word >> 9) & 1);
		differs = ((word & 0xfffdff) ^ 0xec8148) - 1ULL;
		ends = i + length - (HS_MAX_PROLOGUE + 1);
		inside = HS_MAX_PROLOGUE - i - begun - 1;
		barrier_var(differs);
		barrier_var(ends);
		barrier_var(inside);
		room |= (__u64)((__s64)differs >> 63) & (__u64)((__s64)ends >> 63) & (__u64)((__s64)inside >> 63);
	}
	return room;
}

#define HS_BODY 0
#define HS_FRAMELESS 1
#define HS_PUSHED 2
#define HS_LEAVE 3

/* How the frame stands at the instruction that runs. */
SH_STEP_FUNCTION int hs_leaf_state(struct sh_unwind *u, __u64 begun, __u64 complete)
{
	__u8 *code;
	__u8 next, after, third;

	if (!u)
		return HS_BODY;
	code = (__u8 *)u->bytes;
	if (sh_read_user(code, HS_MAX_PROLOGUE + 8, u->regs.pc - HS_MAX_PROLOGUE))
		return HS_BODY;
	next = code[HS_MAX_PROLOGUE];
	after = code[HS_MAX_PROLOGUE + 1];
	third = code[HS_MAX_PROLOGUE + 2];
	if (next == 0xc3)
		return HS_FRAMELESS; /* ret */
	if (next == 0x49 && after == 0x3b && (third == 0xa7 || third == 0x67))
		return HS_FRAMELESS; /* cmp polling(%r15), %rsp: after the pop, before ret */
	if (next == 0x0f && after == 0x87 &&
	    ((code[HS_MAX_PROLOGUE - 7] == 0x49 && code[HS_MAX_PROLOGUE - 6] == 0x3b) ||
	     (code[HS_MAX_PROLOGUE - 4] == 0x49 && code[HS_MAX_PROLOGUE - 3] == 0x3b)))
		return HS_FRAMELESS; /* ja to the poll's slow path */
	if (next == 0x5d)
		return HS_PUSHED; /* pop %rbp */
	if (next == 0xc9)
		return HS_LEAVE;
	if (code[HS_MAX_PROLOGUE - 1] == 0xc9)
		return HS_FRAMELESS; /* native wrappers look for exceptions between leave and ret */
	if (next == 0x0f && after == 0x85 && (code[HS_MAX_PROLOGUE - 9] == 0xc9 || code[HS_MAX_PROLOGUE - 6] == 0xc9))
		return HS_FRAMELESS;
	if (begun >= complete || hs_has_room(u, begun))
		return HS_BODY;
	if (code[HS_MAX_PROLOGUE - 1] == 0x55)
		return HS_PUSHED; /* push %rbp was the last */
	if (code[HS_MAX_PROLOGUE - 4] == 0x55 && code[HS_MAX_PROLOGUE - 1] == 0xec)
		return HS_PUSHED; /* push %rbp; mov %rsp, %rbp */
	return HS_FRAMELESS;
}

/* Leaves a frame of so many words; a few may have been pushed below it. */
static __always_inline int hs_leave_sized(struct sh_unwind *u, struct sh_hotspot *h, __u64 words)
{
	__u64 cfa = u->regs.sp + 8 * words, *around = u->bytes;

	if (words < 2 || words > HS_MAX_FRAME_WORDS)
		return SH_STEP_DECLINED;
	if (sh_read_user(around, 8 * sizeof(__u64), cfa - 16))
		return sh_read_user(around, 2 * sizeof(__u64), cfa - 16) || !hs_is_code(h, around[1])
			       ? -SH_STATUS_READ_FAULT
			       : hs_leave(u, around[1], around[0], cfa);
	for (__u32 i = 0; i < 7; i++) {
		if (hs_is_code(h, around[i + 1]))
			return hs_leave(u, around[i + 1], around[i], cfa + 8 * i);
	}
	return SH_STEP_DECLINED;
}

/* A compiled method, or the wrapper of a native one. The blob's head is in the buffer. */
SH_STEP_FUNCTION int hs_compiled(struct sh_unwind *u, struct sh_hotspot *h, __u64 blob)
{
	__u64 code, deopt, original = 0, words, pc;
	__s64 complete;
	int state;

	if (!u || !h)
		return SH_STEP_DECLINED;
	pc = u->regs.pc;
	code = h->code_is_pointer ? hs_u64(u, h->code) : blob + hs_u32(u, h->code);
	deopt = h->deopt_is_pointer ? hs_u64(u, h->deopt) : blob + hs_u32(u, h->deopt);
	complete = h->frame_complete_bytes == 2 ? (__s16)hs_u16(u, h->frame_complete) : (__s32)hs_u32(u, h->frame_complete);
	words = hs_u32(u, h->frame_size);
	u->frame.kind |= SH_FRAME_COMPILED;
	u->frame.cookies = 1;
	u->frame.cookie[0] = hs_u32(u, h->compile_id);
	if (u->flags & SH_UW_EXACT) {
		state = hs_leaf_state(u, pc - code, complete < 0 ? 0 : (__u64)complete);
		barrier_var(state);
		u->frame.cookie[0] |= (pc - blob) << 32;
		if (state == HS_FRAMELESS)
			return hs_leave_frameless(u);
		if (state == HS_PUSHED)
			return hs_leave_pushed(u);
		if (state == HS_LEAVE)
			return hs_leave_by_fp(u);
	} else {
		/* Deoptimised: the return address leads to the handler, the true one was put into the frame. */
		if (pc - deopt < 64 && sh_read_user(&original, sizeof(original), u->regs.sp + hs_u32(u, h->original_pc)) == 0 &&
		    original - code < 1 << 26)
			u->frame.pc = original;
		u->frame.cookie[0] |= (u->frame.pc - blob) << 32;
	}
	state = hs_leave_sized(u, h, words);
	barrier_var(state);
	return state == SH_STEP_DECLINED ? -SH_STATUS_HOTSPOT : state;
}

/* Adapters, virtual dispatch, runtime stubs. words is the frame's size, 0 if not known. */
SH_STEP_FUNCTION int hs_stub(struct sh_unwind *u, struct sh_hotspot *h, __u64 words)
{
	__u64 pair[2] = {};
	__u64 *top;
	int state;

	if (!u || !h)
		return SH_STEP_DECLINED;
	u->frame.kind |= SH_FRAME_STUB;
	if (words) {
		state = hs_leave_sized(u, h, words);
		barrier_var(state);
		if (state != SH_STEP_DECLINED)
			return state;
	}
	if (!(u->flags & SH_UW_EXACT))
		return hs_is_stack(u, u->regs.fp) ? hs_leave_by_fp(u) : -SH_STATUS_HOTSPOT;
	top = u->bytes;
	if (sh_read_user(top, HS_MAX_SCAN * sizeof(__u64), u->regs.sp))
		return -SH_STATUS_READ_FAULT;
	if (hs_is_code(h, top[0]))
		return hs_leave(u, top[0], u->regs.fp, u->regs.sp + 8);
	if (hs_is_code(h, top[1]))
		return hs_leave(u, top[1], hs_is_stack(u, top[0]) ? top[0] : u->regs.fp, u->regs.sp + 16);
	if (hs_is_stack(u, u->regs.fp) && sh_read_user(pair, sizeof(pair), u->regs.fp) == 0 && hs_is_code(h, pair[1]))
		return hs_leave(u, pair[1], pair[0], u->regs.fp + 16);
	for (__u32 i = 2; i < HS_MAX_SCAN; i++) {
		if (hs_is_code(h, top[i]))
			return hs_leave(u, top[i], u->regs.fp, u->regs.sp + 8 * i + 8);
	}
	return hs_is_stack(u, u->regs.fp) ? hs_leave_by_fp(u) : -SH_STATUS_HOTSPOT;
}

static __always_inline void hotspot_begin(struct sh_unwind *u)
{
	struct sh_hotspot *h = SH_HOTSPOT_FRAMES_KNOWN ? sh_hotspot_of(u->tgid) : 0;

	u->code_low = 0;
	u->code_high = 0;
	if (h && h->start_boottime == u->start_boottime && h->exec_id == u->exec_id) {
		u->code_low = h->low;
		u->code_high = h->high;
	}
}

SH_STEP_FUNCTION int hotspot_step(struct sh_unwind *u)
{
	struct sh_hotspot *h;
	__u64 pc, blob, name = 0, words;
	__u32 bytes;
	int result;

	if (!u)
		return SH_STEP_DECLINED;
	h = sh_hotspot_of(u->tgid);
	if (!h)
		return SH_STEP_DECLINED;
	pc = sh_code_pc(u);
	if (pc >= h->interpreter_low && pc < h->interpreter_high) {
		result = hs_interpreted(u, h);
		barrier_var(result);
		return result == SH_STEP_DECLINED ? hs_stub(u, h, 0) : result;
	}
	blob = hs_find_blob(h, pc);
	barrier_var(blob);
	bytes = h->blob_bytes;
	if (bytes > SH_MAX_BLOB_BYTES)
		bytes = SH_MAX_BLOB_BYTES;
	barrier_var(bytes);
	if (!blob || (sh_read_user(u->bytes, bytes & (SH_UNWIND_BYTES - 1), blob) && sh_read_user(u->bytes, 104, blob)))
		return -SH_STATUS_HOTSPOT;
	sh_read_user(&name, sizeof(name), hs_u64(u, h->blob_name));
	if (name == HS_NAME_NMETHOD || name == HS_NAME_NATIVE) {
		result = hs_compiled(u, h, blob);
		barrier_var(result);
		return result;
	}
	words = hs_u32(u, h->frame_size);
	return hs_stub(u, h, words > HS_MAX_FRAME_WORDS ? 0 : words);
}

#endif
