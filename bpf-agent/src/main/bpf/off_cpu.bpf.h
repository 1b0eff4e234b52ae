/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Time that threads sleep, by the stack with which they went to sleep.
 *
 * The scheduler's switches are the most frequent event of a busy machine, so that what happens at each of them is the cost:
 *
 *   switch-out   a draw against the CPU's odds, in most cases the end. Drawn: a thread that sleeps (it waits for something, is
 *                not preempted and does not end) has its stack and context taken and put into sleeps, by its thread id, with
 *                the odds of this moment
 *   switch-in    a look at asleep[tid], a count of the threads of this slot that are in sleeps. Where it is not 0, the record
 *                is taken out of sleeps and sent with its duration
 *
 * Odds. User space sets them once per second so that about the wanted number of sleeps is drawn. Between two of its looks a CPU
 * halves its own when more than the limit was drawn, and again after each further step: a burst costs a few samples, not
 * a second of them. Each record carries the odds it was drawn with, so that changes of them falsify nothing.
 *
 * A thread in sleeps can't end without being switched in, so nothing is left behind. The program runs with interrupts
 * off and the run queue locked: all maps it writes are allocated beforehand.
 */
#ifndef OFF_CPU_BPF_H
#define OFF_CPU_BPF_H

/* Of the kernel's stack: this program and what calls it. The next one is __schedule. */
#define SH_OWN_FRAMES 2
#define SH_ASLEEP_SLOTS (1 << 14)
/* include/linux/sched.h */
#define SH_TASK_DEAD 0x80
#define SH_PF_EXITING 0x4
#define SH_PF_KTHREAD 0x200000

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct draw);
} draws SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sleep_record);
} sleeps SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SH_ASLEEP_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
} asleep SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sleep_record);
} sleep_scratch SEC(".maps");

static __always_inline __u32 *asleep_at(__u32 tid)
{
	__u32 slot = tid & (SH_ASLEEP_SLOTS - 1);

	return bpf_map_lookup_elem(&asleep, &slot);
}

static __always_inline void count_draw(struct draw *d)
{
	d->taken++;
	if (d->taken < d->limit)
		return;
	d->limit += d->step;
	if (d->odds > 1)
		d->odds /= 2;
}

/* Remembers the sleep of which r is the stack; true if there was room. */
static __always_inline int remember(struct sleep_record *s, struct stack_record *r)
{
	__u32 tid = r->tid, *slot;

	s->kind = SH_KIND_SLEEP;
	s->duration = bpf_ktime_get_ns();
	s->sample.kind = SH_KIND_SLEEP;
	s->sample.flags |= SH_EVENT_OFF_CPU << SH_EVENT_SHIFT;
	s->sample.hash = r->hash;
	s->sample.tgid = r->tgid;
	s->sample.tid = tid;
	slot = asleep_at(tid);
	if (!slot || bpf_map_update_elem(&sleeps, &tid, s, BPF_ANY))
		return 0;
	__sync_fetch_and_add(slot, 1);
	return 1;
}

/* The running thread goes to sleep and was drawn. */
static __always_inline void fall_asleep(void *ctx, struct task_struct *task, __u64 odds)
{
	__u32 event = SH_EVENT_OFF_CPU, zero = 0;
	struct stack_record *r;
	struct sleep_record *s;
	struct sh_unwind *u;
	struct counters *c;

	r = bpf_map_lookup_elem(&scratch, &event);
	u = bpf_map_lookup_elem(&unwinds, &event);
	c = bpf_map_lookup_elem(&counters, &event);
	s = bpf_map_lookup_elem(&sleep_scratch, &zero);
	if (!r || !u || !c || !s)
		return;
	c->samples++;
	describe(r, task, event);
	take_kernel_stack(r, bpf_get_stack(ctx, r->words, SH_MAX_KERNEL_FRAMES * sizeof(__u64), SH_OWN_FRAMES), c);
	take_program(take_entry_registers(u), r, u, c);
	c->statuses[r->status & (SH_STATUSES - 1)]++;
	s->sample.flags = 0;
	s->sample.attribute_bytes = 0;
	if (settings.contexts)
		take_context(&s->sample, task, r, c);
	s->odds = odds;
	r->hash = hash_of(r);
	if (!bpf_map_lookup_elem(&seen, &r->hash))
		send_body(r, r->nk + r->nw, c);
	if (!remember(s, r))
		c->lost++;
}

static __always_inline void send_sleep(struct sleep_record *s, struct counters *c)
{
	__u32 bytes = s->sample.attribute_bytes;

	if (bytes > SH_MAX_TRACED_ATTRIBUTES)
		bytes = SH_MAX_TRACED_ATTRIBUTES;
	barrier_var(bytes);
	bytes += __builtin_offsetof(struct sleep_record, sample) + __builtin_offsetof(struct traced_record, attributes);
	if (bytes > sizeof(*s))
		bytes = sizeof(*s);
	s->duration = bpf_ktime_get_ns() - s->duration;
	s->sample.boottime = bpf_ktime_get_boot_ns();
	if (bpf_ringbuf_output(&ring, s, bytes, BPF_RB_NO_WAKEUP)) {
		c->ring_full++;
		c->lost++;
	} else if (s->sample.attribute_bytes || s->sample.flags & SH_TRACED_LINK) {
		c->traced++;
	} else {
		c->singles++;
	}
}

/* A thread runs again; was its sleep drawn? */
static __always_inline void wake_up(__u32 tid)
{
	__u32 event = SH_EVENT_OFF_CPU, *slot = asleep_at(tid);
	struct sleep_record *s;
	struct counters *c;

	if (!slot || !*slot)
		return;
	s = bpf_map_lookup_elem(&sleeps, &tid);
	c = bpf_map_lookup_elem(&counters, &event);
	if (!s || !c)
		return;
	send_sleep(s, c);
	bpf_map_delete_elem(&sleeps, &tid);
	__sync_fetch_and_add(slot, -1);
}

/* ctx: whether it is preempted, the thread that goes, the one that comes, the state of the one that goes */
SEC("tp_btf/sched_switch")
int stackhouse_sleep(__u64 *ctx)
{
	struct task_struct *before = (struct task_struct *)ctx[1], *after = (struct task_struct *)ctx[2];
	__u32 cpu = bpf_get_smp_processor_id(), state = (__u32)ctx[3];
	struct draw *d = bpf_map_lookup_elem(&draws, &cpu);
	__u64 odds;

	if (d && bpf_get_prandom_u32() < (odds = *(volatile __u64 *)&d->odds) && !(ctx[0] & 1) && state && !(state & SH_TASK_DEAD) &&
	    !(before->flags & (SH_PF_EXITING | SH_PF_KTHREAD)) && before->mm) {
		count_draw(d);
		fall_asleep(ctx, before, odds);
	}
	wake_up(after->pid);
	return 0;
}

#endif
