// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Takes the kernel and user stack of the running thread at each tick of a perf event and aggregates in the kernel. Two more
 * programs are loaded where they are asked for: of one page fault in so many (the same body), and of sleeps (off_cpu.bpf.h).
 *
 * A stack is named by a 64-bit hash over the process's incarnation, the thread's name and all addresses. Its body
 * crosses once, by the ring buffer, before its first sample is counted; from then on only counts[0][hash] grows.
 * User space flips counts[0] between two maps: the update of an array of maps waits until no program uses the old
 * map, and every body was submitted before it was counted, so after the flip ring first, then map gives a
 * whole interval with all its bodies.
 *
 * A sample whose thread says which span it works for crosses by itself, by the ring too: a small record with the stack's
 * hash, behind the stack's body.
 *
 * Each sample ends in exactly one place: a count, a traced record, a single record, or counters.lost.
 *
 * No vmlinux.h: uapi headers and the few relocated fields below are all that is needed.
 */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "stackhouse.h"
#include "unwind_maps.bpf.h"
#include "unwind.h"
#include "context.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define E_EXIST 17

struct task_struct {
	struct task_struct *group_leader;
	int pid;
	unsigned int flags;
	__u64 start_boottime;
	__u64 self_exec_id;
	void *mm;
	struct thread_struct thread;
} __attribute__((preserve_access_index));

const volatile struct settings settings = {};

/* Sizes below are placeholders: user space sets max_entries of every map but the arrays. */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 19);
} ring SEC(".maps");

/* Hashes whose body got its place in the ring. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u32);
} seen SEC(".maps");

struct counts_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct stack_count);
} counts_a SEC(".maps"), counts_b SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct counts_map);
} counts SEC(".maps") = {
	.values = { &counts_a },
};

/*
 * Processes that were seen, and until when they ask for nothing more: the first body of a process wakes user space,
 * which then reads /proc while it still lives, and so does a request for tables, once per settings.need_interval.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct process_key);
	__type(value, __u64);
} processes SEC(".maps");

/* Of each event its own: the program of one can be interrupted by another's. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SH_EVENTS);
	__type(key, __u32);
	__type(value, struct stack_record);
} scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SH_EVENTS);
	__type(key, __u32);
	__type(value, struct sh_unwind);
} unwinds SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SH_EVENTS);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

/* The word step and the finish of XXH64. */
#define PRIME_1 0x9E3779B185EBCA87ULL
#define PRIME_2 0xC2B2AE3D27D4EB4FULL
#define PRIME_3 0x165667B19E3779F9ULL
#define PRIME_4 0x85EBCA77C2B2AE63ULL

static __always_inline __u64 rotate_left(__u64 v, int bits)
{
	return (v << bits) | (v >> (64 - bits));
}

static __always_inline __u64 mix(__u64 h, __u64 word)
{
	h ^= rotate_left(word * PRIME_2, 31) * PRIME_1;
	return rotate_left(h, 27) * PRIME_1 + PRIME_4;
}

static __always_inline __u64 finish(__u64 h)
{
	h ^= h >> 33;
	h *= PRIME_2;
	h ^= h >> 29;
	h *= PRIME_3;
	return h ^ (h >> 32);
}

/* Not static: the verifier then checks its loop once and for itself, not again for each path that leads here. */
__attribute__((noinline)) __u64 hash_of(struct stack_record *r)
{
	__u64 h = settings.hash_seed;
	__u64 *comm;
	__u32 words;

	if (!r)
		return 0;
	comm = (__u64 *)r->comm;
	words = r->nk + r->nw;
	h = mix(h, ((__u64)r->tgid << 32) | r->flags);
	h = mix(h, r->start_boottime);
	h = mix(h, r->exec_id);
	h = mix(h, comm[0]);
	h = mix(h, comm[1]);
	h = mix(h, ((__u64)r->nk << 32) | r->nw);
	for (__u32 i = 0; i < SH_MAX_WORDS; i++) {
		if (i >= words)
			break;
		h = mix(h, r->words[i]);
	}
	return finish(h);
}

static __always_inline __u32 frames_of(long bytes)
{
	__u32 n;

	if (bytes <= 0)
		return 0;
	n = (__u32)bytes / sizeof(__u64);
	barrier_var(n);
	return n > SH_MAX_KERNEL_FRAMES ? SH_MAX_KERNEL_FRAMES : n;
}

/* True if the record got its place in the ring. */
static __always_inline int send(struct stack_record *r, __u32 words, __u32 kind, __u64 wakeup, struct counters *c)
{
	__u32 bytes = __builtin_offsetof(struct stack_record, words) + words * sizeof(__u64);

	barrier_var(bytes);
	if (bytes > sizeof(*r))
		bytes = sizeof(*r);
	r->kind = kind;
	if (bpf_ringbuf_output(&ring, r, bytes, wakeup) == 0)
		return 1;
	c->ring_full++;
	return 0;
}

static __always_inline void key_of(struct stack_record *r, struct process_key *key)
{
	key->start_boottime = r->start_boottime;
	key->exec_id = r->exec_id;
	key->tgid = r->tgid;
}

static __always_inline __u64 wakeup_for(struct stack_record *r)
{
	struct process_key key;
	__u64 never = 0;

	key_of(r, &key);
	if (bpf_map_lookup_elem(&processes, &key))
		return BPF_RB_NO_WAKEUP;
	bpf_map_update_elem(&processes, &key, &never, BPF_ANY);
	return BPF_RB_FORCE_WAKEUP;
}

/* Asks user space for what the unwinder lacked, unless this process has asked a moment ago. */
static __always_inline void send_need(struct stack_record *r, struct sh_unwind *u, struct counters *c)
{
	struct process_key key;
	__u64 until = r->boottime + settings.need_interval, first, *latch;

	key_of(r, &key);
	latch = bpf_map_lookup_elem(&processes, &key);
	if (latch) {
		if (*latch > r->boottime)
			return;
		*latch = until;
	} else {
		bpf_map_update_elem(&processes, &key, &until, BPF_ANY);
	}
	/* The record is as it was afterwards: its hash is not made yet. */
	first = r->words[0];
	r->nk = 0;
	r->nw = 1;
	r->words[0] = u->need_pc;
	r->need = u->need;
	r->region = u->need_region;
	if (send(r, 1, SH_KIND_NEED, BPF_RB_FORCE_WAKEUP, c))
		c->needs++;
	r->words[0] = first;
	r->need = SH_NEED_NONE;
	r->region = 0;
}

static __always_inline void send_single(struct stack_record *r, __u32 words, struct counters *c)
{
	if (send(r, words, SH_KIND_SINGLE, wakeup_for(r), c))
		c->singles++;
	else
		c->lost++;
}

static __always_inline void send_body(struct stack_record *r, __u32 words, struct counters *c)
{
	__u32 one = 1;

	if (!send(r, words, SH_KIND_STACK, wakeup_for(r), c))
		return;
	c->new_stacks++;
	if (bpf_map_update_elem(&seen, &r->hash, &one, BPF_ANY))
		c->seen_full++;
}

/* True if the sample is in the current count map. */
static __always_inline int count(struct stack_record *r)
{
	struct stack_count first = { .count = 1, .tgid = r->tgid, .event = r->flags >> SH_EVENT_SHIFT };
	struct stack_count *found;
	__u32 zero = 0;
	void *map = bpf_map_lookup_elem(&counts, &zero);
	long error;

	if (!map)
		return 0;
	found = bpf_map_lookup_elem(map, &r->hash);
	if (!found) {
		error = bpf_map_update_elem(map, &r->hash, &first, BPF_NOEXIST);
		if (!error)
			return 1;
		if (error != -E_EXIST)
			return 0;
		found = bpf_map_lookup_elem(map, &r->hash);
		if (!found)
			return 0;
	}
	__sync_fetch_and_add(&found->count, 1);
	return 1;
}

struct loop {
	struct sh_unwind *u;
	struct stack_record *r;
};

static long step(__u32 i, struct loop *loop)
{
	return sh_unwind_step(loop->u, loop->r) ? 1 : 0;
}

/* Takes the registers with which the thread left user space: 1 if it has any. */
static __always_inline int take_entry_registers(struct sh_unwind *u)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	long regs = bpf_task_pt_regs(task);

	return bpf_probe_read_kernel(u->pt, sizeof(u->pt), (void *)regs) == 0 && sh_is_user_mode(u->pt[SH_PT_MODE]);
}

/* Takes the registers with which the thread left, or will go back to, user space: 1 if it has any. */
static __always_inline int take_registers(void *ctx, struct sh_unwind *u)
{
	const volatile __u64 *now = ctx;

	if (sh_is_user_mode(now[SH_PT_MODE])) {
#pragma unroll
		for (int i = 0; i < SH_PT_REGS_WORDS; i++)
			u->pt[i] = now[i];
		return 1;
	}
	return take_entry_registers(u);
}

/* Walks the user stack into the record behind its kernel frames, from the registers that were taken. */
static __always_inline void take_user_stack(int registers, struct stack_record *r, struct sh_unwind *u, struct counters *c)
{
	struct loop loop = { .u = u, .r = r };

	u->need = SH_NEED_NONE;
	if (!registers) {
		r->status = SH_STATUS_NO_REGISTERS;
		return;
	}
	u->tgid = r->tgid;
	u->start_boottime = r->start_boottime;
	u->exec_id = r->exec_id;
	u->now = r->boottime >> SH_USED_SHIFT;
	u->base = r->nk;
	sh_unwind_begin(u);
	bpf_loop(SH_MAX_STEPS, step, &loop, 0);
	r->status = u->status;
	r->nw = u->words;
	if (!sh_is_complete(u->status)) {
		r->flags |= SH_FLAG_USER_TRUNCATED;
		c->user_truncated++;
	}
	if (u->flags & SH_UW_FOLDED) {
		r->flags |= SH_FLAG_FOLDED;
		c->folded++;
	}
	c->table_steps += u->table_steps;
	c->fp_steps += u->fp_steps;
	c->hotspot_steps += u->hotspot_steps;
}

/* The record's head; its stacks follow. */
static __always_inline void describe(struct stack_record *r, struct task_struct *task, __u32 event)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	__u64 id = bpf_get_current_pid_tgid();

	r->flags = event << SH_EVENT_SHIFT;
	r->tgid = id >> 32;
	r->tid = (__u32)id;
	r->cpu = bpf_get_smp_processor_id();
	r->start_boottime = BPF_CORE_READ(leader, start_boottime);
	r->exec_id = BPF_CORE_READ(leader, self_exec_id);
	r->boottime = bpf_ktime_get_boot_ns();
	r->cgroup_id = bpf_get_current_cgroup_id();
	bpf_get_current_comm(r->comm, sizeof(r->comm));
	r->status = SH_STATUS_NONE;
	r->need = SH_NEED_NONE;
	r->region = 0;
	r->nw = 0;
}

/* Takes the context of the thread; true if it has one that goes with the sample. */
static __always_inline int take_context(struct traced_record *t, struct task_struct *task, struct stack_record *r, struct counters *c)
{
	int context;

	context = sh_read_context(t, r, sh_thread_pointer(task));
	barrier_var(context);
	if (context == SH_CONTEXT_NONE)
		return 0;
	if (context == SH_CONTEXT_BAD) {
		c->contexts_bad++;
		return 0;
	}
	c->contexts++;
	if (context & SH_CONTEXT_CUT)
		c->contexts_cut++;
	return context & SH_CONTEXT_SEND ? 1 : 0;
}

/* True if the sample's record got its place in the ring. */
static __always_inline int send_traced(struct traced_record *t, struct stack_record *r, struct counters *c)
{
	__u32 bytes = __builtin_offsetof(struct traced_record, attributes) + t->attribute_bytes;

	barrier_var(bytes);
	if (bytes > sizeof(*t))
		bytes = sizeof(*t);
	t->kind = SH_KIND_TRACED;
	t->flags |= (r->flags >> SH_EVENT_SHIFT) << SH_EVENT_SHIFT;
	t->hash = r->hash;
	t->tgid = r->tgid;
	t->tid = r->tid;
	t->boottime = r->boottime;
	if (bpf_ringbuf_output(&ring, t, bytes, BPF_RB_NO_WAKEUP) == 0) {
		c->traced++;
		return 1;
	}
	c->ring_full++;
	c->untraced++;
	return 0;
}

/* Counts the sample, or sends it. */
static __always_inline void deliver(struct stack_record *r, struct traced_record *t, struct counters *c)
{
	__u32 words = r->nk + r->nw;

	r->hash = hash_of(r);
	if (!settings.aggregate && !t) {
		send_single(r, words, c);
		return;
	}
	if (!bpf_map_lookup_elem(&seen, &r->hash))
		send_body(r, words, c);
	if (t && send_traced(t, r, c))
		return;
	if (!settings.aggregate) {
		send_single(r, words, c);
		return;
	}
	if (count(r)) {
		c->counted++;
		return;
	}
	c->counts_full++;
	send_single(r, words, c);
}

static __always_inline void take_kernel_stack(struct stack_record *r, long bytes, struct counters *c)
{
	__u32 nk = frames_of(bytes);

	if (nk == SH_MAX_KERNEL_FRAMES) {
		r->flags |= SH_FLAG_KERNEL_TRUNCATED;
		c->kernel_truncated++;
	}
	r->nk = nk;
}

/* The user stack of a thread that has one, and a request if something lacked for it. */
static __always_inline void take_program(int registers, struct stack_record *r, struct sh_unwind *u, struct counters *c)
{
	__u32 nk = r->nk, nw;

	take_user_stack(registers, r, u, c);
	if (r->nw == 0)
		c->no_user_stack++;
	if (u->need != SH_NEED_NONE && settings.tables) {
		nw = r->nw;
		send_need(r, u, c);
		r->nk = nk;
		r->nw = nw;
	}
}

/* One sample of a perf event, whose registers ctx has. */
static __always_inline void take_sample(void *ctx, __u32 event)
{
	struct traced_record *t = 0;
	struct task_struct *task;
	struct stack_record *r;
	struct sh_unwind *u;
	struct counters *c;

	r = bpf_map_lookup_elem(&scratch, &event);
	u = bpf_map_lookup_elem(&unwinds, &event);
	c = bpf_map_lookup_elem(&counters, &event);
	if (!r || !u || !c)
		return;
	c->samples++;
	task = (struct task_struct *)bpf_get_current_task();
	describe(r, task, event);
	take_kernel_stack(r, bpf_get_stack(ctx, r->words, SH_MAX_KERNEL_FRAMES * sizeof(__u64), 0), c);
	if (BPF_CORE_READ(task, mm)) {
		take_program(take_registers(ctx, u), r, u, c);
		if (settings.contexts)
			t = bpf_map_lookup_elem(&traced_scratch, &event);
		if (t && !take_context(t, task, r, c))
			t = 0;
	}
	c->statuses[r->status & (SH_STATUSES - 1)]++;
	deliver(r, t, c);
}

SEC("perf_event")
int stackhouse_cpu(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32) /* not idle */
		take_sample(ctx, SH_EVENT_CPU);
	return 0;
}

SEC("perf_event")
int stackhouse_fault(void *ctx)
{
	take_sample(ctx, SH_EVENT_PAGE_FAULT);
	return 0;
}

#include "off_cpu.bpf.h"
