/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Walks the user stack of the running thread, leaf first. No other part of the program knows how a frame is left.
 *
 * State. struct sh_unwind has the registers of the frame that is next (regs), what is to be recorded of it (frame), and what
 * was found out on the way. It lies in a per-CPU map: the verifier takes its fields as plain numbers, and each step
 * below is a function of its own, which the verifier walks once (inlined into the loop they need over a million
 * instructions, as functions some thousands). After a call, clang believes ranges that the verifier does not: hence
 * barrier_var().
 *
 * Loop. sh_unwind_step() handles one frame:
 *   1. a step, the first that does not decline:
 *        generated code of a JVM      hotspot_step()          hotspot.bpf.h
 *        code with a table            sh_find_range (which mapping has the address; kept for the next frame),
 *                                     sh_find_rule, sh_apply_rule
 *        anything else                sh_frame_pointer_step
 *   2. the frame is recorded, regs are those of its caller
 * A step gets regs and frame {pc, kind SH_FRAME_NATIVE}. It
 *   - sets regs to the caller's and returns SH_STEP_DONE: the frame is recorded, the loop goes on
 *   - returns SH_STEP_END: the frame is recorded and was the thread's first
 *   - returns SH_STEP_DECLINED with regs and frame unchanged: the next step is tried
 *   - returns -SH_STATUS_x: the frame is recorded, the stack ends here incomplete
 * and may set frame.kind (its type bits) and frame.cookies, frame.cookie[]. SH_UW_EXACT in flags means that regs.pc is the
 * instruction itself (leaf, below a signal) and not a return address; look at sh_code_pc() instead of regs.pc. A step that
 * knows the next pc to be exact sets u->next_exact.
 *
 * Environment. Compiled for BPF, and for user space by a test that runs it on recorded stacks. What differs is in
 * sh_read_user() and in the three lookups, which the includer defines:
 *   struct sh_process *sh_process_of(__u32 tgid)   or null
 *   struct sh_hotspot *sh_hotspot_of(__u32 tgid)   or null
 *   struct sh_region *sh_region_at(__u32 region)   or null
 *   __u32 *sh_chunk_at(__u32 chunk)                SH_CHUNK_WORDS words, or null
 */
#ifndef UNWIND_H
#define UNWIND_H

#include "stackhouse.h"
#ifdef __TARGET_ARCH_arm64
#include "unwind_arm64.h"
#else
#include "unwind_x86.h"
#endif

/* Not static: the verifier then walks the function once and for itself. */
#define SH_STEP_FUNCTION __attribute__((noinline))

#define SH_STEP_DONE 0
#define SH_STEP_END 1
#define SH_STEP_DECLINED 2

/* sh_unwind.flags */
#define SH_UW_EXACT 1	/* regs.pc is no return address */
#define SH_UW_LEAF 2	/* regs are those of the sample: sh_unwind.leaf is valid */
#define SH_UW_KNOWN 4	/* the process's mappings are known */
#define SH_UW_FOLDED 16

/* Frames that are walked at most, recorded or folded. */
#define SH_MAX_STEPS 640
/* Recursion is looked for in cycles of at most so many words; what follows twice in a row is not recorded a third time. */
#define SH_MAX_CYCLE 6
/* A frame is at most so large where only its frame pointer says so. */
#define SH_MAX_FP_FRAME (1ULL << 20)
#define SH_LOWEST_CODE 4096
/* Room for what a step reads; a power of two. */
#define SH_UNWIND_BYTES 512

struct sh_regs {
	__u64 pc;
	__u64 sp;
	__u64 fp;
	__u64 lr; /* arm64: valid in the leaf */
};

struct sh_frame {
	__u64 pc;
	__u32 kind;    /* type bits */
	__u32 cookies; /* how many are used */
	__u64 cookie[SH_MAX_COOKIES];
};

struct sh_unwind {
	struct sh_regs regs;
	struct sh_frame frame;
	struct sh_rule rule;
	__u64 start_boottime;
	__u64 exec_id;
	__u64 now; /* boottime >> SH_USED_SHIFT */
	__u32 tgid;
	__u32 flags;
	__u32 next_exact;
	__u32 status;
	__u32 steps; /* frames walked */
	__u32 frames; /* frames recorded */
	__u32 words;
	__u32 base; /* where the first word lies in the record */
	__u32 table_steps;
	__u32 fp_steps;
	__u32 hotspot_steps;
	__u32 need;
	__u32 need_region;
	__u32 need_padding;
	__u64 need_pc;
	/* the range of the last frame */
	__u64 range_start;
	__u64 range_end;
	__u32 range_first_page;
	__u32 range_region;
	__u32 range_flags;
	/* how many words in a row equal the one 1..SH_MAX_CYCLE before */
	__u32 same[SH_MAX_CYCLE];
	__u32 padding;
	__u64 leaf[SH_LEAF_REGISTERS];
	__u64 pt[SH_PT_REGS_WORDS];
	/* hotspot.bpf.h: the bounds of the code cache; the caller's registers; what was read of the process */
	__u64 code_low;
	__u64 code_high;
	__u64 found[3];
	__u64 bytes[SH_UNWIND_BYTES / 8 + 1];
};

/* The address whose rule and name count. */
static __always_inline __u64 sh_code_pc(struct sh_unwind *u)
{
	return u->flags & SH_UW_EXACT ? u->regs.pc : u->regs.pc - 1;
}

static __always_inline void sh_ask(struct sh_unwind *u, __u32 need, __u32 region)
{
	if (u->need != SH_NEED_NONE)
		return;
	u->need = need;
	u->need_region = region;
	u->need_pc = sh_code_pc(u);
}

#include "hotspot.bpf.h"

/* All ones if a <= b, else 0. Without a branch: a search then has one path to verify instead of two per halving. */
static __always_inline __u32 sh_not_above(__u64 a, __u64 b)
{
	__s64 difference = (__s64)(a - b) - 1;

	barrier_var(difference);
	return (__u32)(difference >> 63);
}

/* 1 if the address is in a known range; its fields are then set. */
SH_STEP_FUNCTION int sh_find_range(struct sh_unwind *u)
{
	struct sh_process *process;
	struct sh_mapping *m;
	__u32 low = 0, left, half, take;
	__u64 pc;

	if (!u)
		return 0;
	pc = sh_code_pc(u);
	if (pc >= u->range_start && pc < u->range_end)
		return 1;
	u->range_end = 0;
	u->range_flags = 0;
	process = sh_process_of(u->tgid);
	if (!process || process->start_boottime != u->start_boottime || process->exec_id != u->exec_id) {
		sh_ask(u, SH_NEED_PROCESS, 0);
		return 0;
	}
	if (process->mappings == 0)
		return 0; /* closed to us: there is no use in asking again */
	u->flags |= SH_UW_KNOWN;
	/* The last mapping that begins at or below pc. */
	left = process->mappings;
	if (left > SH_MAX_MAPPINGS)
		left = SH_MAX_MAPPINGS;
	for (int i = 0; i < 9; i++) {
		if (left <= 1)
			break;
		half = left / 2;
		/* Halves, for the difference has a sign and the vsyscall page lies at the very end; starts are even. */
		take = sh_not_above(process->mapping[(low + half) & (SH_MAX_MAPPINGS - 1)].start >> 1, pc >> 1);
		low += half & take;
		left -= half;
	}
	m = &process->mapping[low & (SH_MAX_MAPPINGS - 1)];
	if (pc - m->start >= (__u64)m->pages << SH_PAGE_SHIFT) {
		sh_ask(u, SH_NEED_RANGE, 0);
		return 0;
	}
	u->range_start = m->start;
	u->range_end = m->start + ((__u64)m->pages << SH_PAGE_SHIFT);
	u->range_first_page = m->first_page;
	u->range_region = m->region;
	u->range_flags = m->flags;
	return 1;
}

/* 1 if a table has a rule for the address, which is then in u->rule. The range is known. */
SH_STEP_FUNCTION int sh_find_rule(struct sh_unwind *u)
{
	__u32 page, id, chunk, base, first, left, half, take, offset, at;
	struct sh_region *region;
	__u64 place, pc;
	__u32 *words;

	if (!u)
		return 0;
	pc = sh_code_pc(u);
	page = (__u32)((pc - u->range_start) >> SH_PAGE_SHIFT) + u->range_first_page;
	id = u->range_region + page / SH_REGION_PAGES;
	region = sh_region_at(id);
	if (!region)
		return 0;
	place = *(volatile __u64 *)&region->place;
	chunk = place >> 32;
	base = (__u32)place;
	if (chunk == SH_REGION_NO_TABLE)
		return 0;
	if (chunk == 0) {
		sh_ask(u, SH_NEED_REGION, id);
		return 0;
	}
	if (region->used != u->now)
		region->used = u->now;
	words = sh_chunk_at(chunk - 1);
	if (!words)
		return 0;
	at = words[(base + page % SH_REGION_PAGES) & (SH_CHUNK_WORDS - 1)];
	first = base + (at & SH_INDEX_ROW_MASK);
	left = at >> SH_INDEX_ROW_BITS;
	if (left == 0)
		return 0;
	/* The last row at or below the offset. A page has at most 4096 rows; the first has offset 0. */
	offset = (__u32)pc & ((1 << SH_PAGE_SHIFT) - 1);
	for (int i = 0; i < SH_PAGE_SHIFT + 1; i++) {
		if (left <= 1)
			break;
		half = left / 2;
		take = sh_not_above(words[(first + half) & (SH_CHUNK_WORDS - 1)] & 0xffff, offset);
		first += half & take;
		left -= half;
	}
	at = words[first & (SH_CHUNK_WORDS - 1)] >> 16;
	at = (base + SH_REGION_PAGES + 2 * at) & (SH_CHUNK_WORDS - 2);
	u->rule = *(struct sh_rule *)&words[at];
	return (u->rule.kind & SH_RULE_KIND_MASK) != SH_RULE_NONE;
}

/* regs become those that a signal interrupted; SP points to what the kernel laid down. */
static __always_inline int sh_leave_signal(struct sh_unwind *u)
{
	__u64 pc = 0, fp = 0, sp = 0;

	if (sh_read_user(&pc, sizeof(pc), u->regs.sp + SH_SIGNAL_PC) ||
	    sh_read_user(&sp, sizeof(sp), u->regs.sp + SH_SIGNAL_SP) ||
	    sh_read_user(&fp, sizeof(fp), u->regs.sp + SH_SIGNAL_FP))
		return -SH_STATUS_READ_FAULT;
	u->regs.pc = pc;
	u->regs.sp = sp;
	u->regs.fp = fp;
	u->next_exact = 1;
	return SH_STEP_DONE;
}

/* 1 if the rule gives a canonical frame address. */
static __always_inline int sh_cfa(struct sh_unwind *u, struct sh_rule *rule, __u64 *cfa)
{
	__u32 kind = rule->kind & SH_RULE_KIND_MASK;
	__s64 offset = (__s64)rule->cfa * 8;
	__u64 base;

	if (kind == SH_RULE_SP) {
		*cfa = u->regs.sp + offset;
		return 1;
	}
	if (kind == SH_RULE_FP) {
		*cfa = u->regs.fp + offset;
		return 1;
	}
	if (kind == SH_RULE_PLT) {
		*cfa = u->regs.sp + offset + ((u->regs.pc & 15) >= rule->reg ? 8 : 0);
		return 1;
	}
	if (kind == SH_RULE_REG) {
		*cfa = u->leaf[rule->reg & (SH_LEAF_REGISTERS - 1)] + offset;
		return u->flags & SH_UW_LEAF ? 1 : 0;
	}
	base = kind == SH_RULE_FP_DEREF ? u->regs.fp : u->regs.sp;
	if (sh_read_user(cfa, sizeof(*cfa), base + offset))
		return 0;
	*cfa += rule->reg;
	return 1;
}

/* Leaves the frame by u->rule. */
SH_STEP_FUNCTION int sh_apply_rule(struct sh_unwind *u)
{
	__u64 pair[2] = {}, cfa = 0, pc = 0, fp, from;
	struct sh_rule rule;
	__u32 kind;

	if (!u)
		return SH_STEP_DECLINED;
	rule = u->rule;
	kind = rule.kind & SH_RULE_KIND_MASK;
	if (kind == SH_RULE_END)
		return SH_STEP_END;
	if (kind == SH_RULE_SIGNAL)
		return sh_leave_signal(u);
	if (!sh_cfa(u, &rule, &cfa))
		return kind == SH_RULE_REG ? SH_STEP_DECLINED : -SH_STATUS_READ_FAULT;
	if (cfa < u->regs.sp || (cfa & 7))
		return -SH_STATUS_BAD_CFA;
	fp = u->regs.fp;
	if (rule.ra == -1 && rule.fp == -2 && !(rule.kind & SH_RULE_FP_BY_FP)) {
		/* The usual frame: both in one read. */
		if (sh_read_user(pair, sizeof(pair), cfa - 16))
			return -SH_STATUS_READ_FAULT;
		fp = pair[0];
		pc = pair[1];
	} else {
		if (rule.fp != SH_RULE_SAME) {
			from = rule.kind & SH_RULE_FP_BY_FP ? fp : cfa;
			if (sh_read_user(&fp, sizeof(fp), from + (__s64)rule.fp * 8))
				return -SH_STATUS_READ_FAULT;
		}
		if (rule.ra == SH_RULE_SAME) {
			if (!(u->flags & SH_UW_LEAF) || !u->regs.lr)
				return -SH_STATUS_BAD_CFA;
			pc = u->regs.lr;
		} else if (sh_read_user(&pc, sizeof(pc), cfa + (__s64)rule.ra * 8)) {
			return -SH_STATUS_READ_FAULT;
		}
	}
	if (cfa == u->regs.sp && rule.ra != SH_RULE_SAME)
		return -SH_STATUS_BAD_CFA;
	u->regs.pc = sh_code_address(pc);
	u->regs.sp = cfa;
	u->regs.fp = fp;
	u->table_steps++;
	return SH_STEP_DONE;
}

/* Leaves the frame by its frame pointer, if that is one. */
SH_STEP_FUNCTION int sh_frame_pointer_step(struct sh_unwind *u)
{
	__u64 pair[2] = {}, fp;

	if (!u)
		return -SH_STATUS_NO_RULE;
	fp = u->regs.fp;
	if (u->flags & SH_UW_EXACT) {
		if (sh_read_user(pair, sizeof(pair), u->regs.pc) == 0 && sh_is_signal_return(pair[0], pair[1]))
			return sh_leave_signal(u);
	}
	if (fp == 0) {
		if (u->flags & SH_UW_EXACT)
			return -SH_STATUS_NO_RULE;
		u->status = SH_STATUS_COMPLETE_FP;
		return SH_STEP_END;
	}
	if (fp < u->regs.sp || fp - u->regs.sp > SH_MAX_FP_FRAME || (fp & 7))
		return -SH_STATUS_NO_RULE;
	if (sh_read_user(pair, sizeof(pair), fp))
		return -SH_STATUS_READ_FAULT;
	if (sh_code_address(pair[1]) < SH_LOWEST_CODE) {
		if (pair[0] != 0)
			return -SH_STATUS_OUTSIDE;
		u->status = SH_STATUS_COMPLETE_FP;
		return SH_STEP_END;
	}
	u->regs.pc = sh_code_address(pair[1]);
	u->regs.fp = pair[0];
	u->regs.sp = fp + 16;
	u->fp_steps++;
	return SH_STEP_DONE;
}

/* One frame; the result is that of the step that left it. */
SH_STEP_FUNCTION int sh_leave_frame(struct sh_unwind *u)
{
	int found, result;
	__u64 pc;

	if (!u)
		return -SH_STATUS_NO_RULE;
	pc = sh_code_pc(u);
	if (pc >= u->code_low && pc < u->code_high) {
		result = hotspot_step(u);
		barrier_var(result);
		if (result != SH_STEP_DECLINED) {
			u->hotspot_steps++;
			return result;
		}
	}
	found = sh_find_range(u);
	barrier_var(found);
	if (found && (u->range_flags & SH_MAPPING_TABLES)) {
		found = sh_find_rule(u);
		barrier_var(found);
		if (found) {
			result = sh_apply_rule(u);
			barrier_var(result);
			if (result != SH_STEP_DECLINED)
				return result;
		}
	} else if (!found && (u->flags & SH_UW_KNOWN) && !(u->flags & SH_UW_LEAF)) {
		/* All code that the process had when it was looked at is elsewhere: a chain of frame pointers that is none. */
		return -SH_STATUS_OUTSIDE;
	}
	result = sh_frame_pointer_step(u);
	barrier_var(result);
	return result;
}

/* Appends a word to the record; 1 if there was room. */
SH_STEP_FUNCTION int sh_put_word(struct sh_unwind *u, struct stack_record *r, __u64 word)
{
	__u32 at, before;

	if (!u || !r)
		return 0;
	at = u->base + u->words;
	if (u->words >= SH_MAX_USER_WORDS || at >= SH_MAX_WORDS)
		return 0;
	r->words[at] = word;
	for (__u32 i = 0; i < SH_MAX_CYCLE; i++) {
		before = at - 1 - i;
		if (u->words > i && before < SH_MAX_WORDS && r->words[before] == word)
			u->same[i]++;
		else
			u->same[i] = 0;
	}
	u->words++;
	return 1;
}

/* After a whole frame: if the last words are a cycle's third round, they are taken back. */
static __always_inline void sh_fold(struct sh_unwind *u)
{
	__u32 cycle = 0;

	for (__u32 i = 0; i < SH_MAX_CYCLE; i++) {
		if (u->same[i] >= 2 * (i + 1)) {
			cycle = i + 1;
			break;
		}
	}
	if (!cycle)
		return;
	for (__u32 i = 0; i < SH_MAX_CYCLE; i++)
		u->same[i] = i + 1 == cycle ? cycle : 0;
	u->words -= cycle;
	u->flags |= SH_UW_FOLDED;
}

/* Records u->frame; 1 if there was room. */
SH_STEP_FUNCTION int sh_record_frame(struct sh_unwind *u, struct stack_record *r)
{
	__u32 cookies, kind, stored;

	if (!u || !r)
		return 0;
	cookies = u->frame.cookies;
	if (cookies > SH_MAX_COOKIES)
		cookies = SH_MAX_COOKIES;
	if (u->frames >= SH_MAX_USER_FRAMES || u->words + 1 + cookies > SH_MAX_USER_WORDS)
		return 0;
	kind = (u->frame.kind & (SH_FRAME_TYPE_MASK | SH_FRAME_EXACT)) | (cookies << SH_FRAME_COOKIES_SHIFT);
	stored = sh_put_word(u, r, (u->frame.pc & SH_FRAME_PC_MASK) | ((__u64)kind << SH_FRAME_PC_BITS));
	barrier_var(stored);
	for (__u32 i = 0; i < SH_MAX_COOKIES; i++) {
		if (i < cookies)
			sh_put_word(u, r, u->frame.cookie[i]);
	}
	u->frames++;
	sh_fold(u);
	return 1;
}

/* Handles one frame: 1 if it was the last. */
SH_STEP_FUNCTION int sh_unwind_step(struct sh_unwind *u, struct stack_record *r)
{
	int result, recorded;

	if (!u || !r)
		return 1;
	u->frame.pc = u->regs.pc;
	u->frame.kind = u->flags & SH_UW_EXACT ? SH_FRAME_EXACT : SH_FRAME_NATIVE;
	u->frame.cookies = 0;
	u->next_exact = 0;
	u->steps++;
	result = sh_leave_frame(u);
	barrier_var(result);
	if (result != -SH_STATUS_OUTSIDE || u->flags & SH_UW_LEAF) {
		recorded = sh_record_frame(u, r);
		barrier_var(recorded);
		if (!recorded)
			result = -SH_STATUS_MAX_FRAMES;
	}
	u->flags &= ~(SH_UW_EXACT | SH_UW_LEAF);
	if (u->next_exact)
		u->flags |= SH_UW_EXACT;
	if (result == SH_STEP_DONE) {
		u->status = SH_STATUS_MAX_FRAMES; /* if the loop ends now */
		return 0;
	}
	if (result == SH_STEP_END)
		u->status = u->status == SH_STATUS_COMPLETE_FP ? SH_STATUS_COMPLETE_FP : SH_STATUS_COMPLETE;
	else
		u->status = u->need != SH_NEED_NONE ? SH_STATUS_MISSING : (__u32)-result;
	return 1;
}

/* Makes u ready for a stack whose registers are in u->pt, its words from u->base on. */
static __always_inline void sh_unwind_begin(struct sh_unwind *u)
{
	sh_take_leaf(u->leaf, u->pt);
	hotspot_begin(u);
	u->regs.pc = u->pt[SH_PT_PC];
	u->regs.sp = u->pt[SH_PT_SP];
	u->regs.fp = u->pt[SH_PT_FP];
	u->regs.lr = sh_link_register(u->pt);
	u->flags = SH_UW_EXACT | SH_UW_LEAF;
	u->status = SH_STATUS_NONE;
	u->steps = 0;
	u->frames = 0;
	u->words = 0;
	u->table_steps = 0;
	u->fp_steps = 0;
	u->hotspot_steps = 0;
	u->need = SH_NEED_NONE;
	u->range_start = 0;
	u->range_end = 0;
	u->range_flags = 0;
	for (int i = 0; i < SH_MAX_CYCLE; i++)
		u->same[i] = 0;
}

/* True if nothing is missing at the root. */
static __always_inline int sh_is_complete(__u32 status)
{
	return status == SH_STATUS_COMPLETE || status == SH_STATUS_COMPLETE_FP;
}

#endif
