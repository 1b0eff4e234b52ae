/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What a thread says of itself while a sample is taken: the trace and span it works for, and some attributes. Two sources:
 *
 *   1. OTEP 4947: a thread-local variable of the process points to a record {trace id, span id, valid, flags, size,
 *      attributes}. User space finds the variable and tells by the map of contexts how to get there.
 *   2. Where a process has no such variable: the map traces_ctx_v1 that OpenTelemetry's eBPF instrumentation pins, by
 *      thread. User space puts it into the map of traces when it is there.
 *
 * The thread itself is interrupted, so its record is either whole or says that it is not valid. All the same it may lie, and
 * so may what was found out of its libraries: whatever cannot be read, or contradicts itself, is no context.
 */
#ifndef CONTEXT_BPF_H
#define CONTEXT_BPF_H

#include "context.h"

/* sh_read_context(): */
#define SH_CONTEXT_NONE 0
#define SH_CONTEXT_BAD 1
#define SH_CONTEXT_IDLE 2 /* valid, with nothing to send */
#define SH_CONTEXT_CUT 4  /* valid; its attributes are too large and left out */
#define SH_CONTEXT_SEND 8 /* valid, and worth a record of its own */

#define SH_CONTEXT_VALID 1
#define SH_CONTEXT_SAMPLED 1
/* Slots of modules that a thread has not used yet */
#define SH_SLOT_UNUSED (~0ULL)
#define SH_MAX_MODULES (1 << 16)

/* The record of OTEP 4947; its attributes follow. */
struct sh_context_record {
	__u64 trace_id[2];
	__u64 span_id;
	__u8 valid;
	__u8 flags;
	__u16 attribute_bytes;
	__u32 unused; /* not part of it */
};
#define SH_CONTEXT_RECORD_BYTES 28

struct sh_shared_trace {
	__u64 trace_id[2];
	__u64 span_id;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct sh_context_place);
} contexts SEC(".maps");

/* As OpenTelemetry's eBPF instrumentation makes it. Key: what bpf_get_current_pid_tgid() gives. */
struct traces_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 14);
	__uint(key_size, sizeof(__u64));
	__uint(value_size, sizeof(struct sh_shared_trace));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct traces_map);
} traces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SH_EVENTS);
	__type(key, __u32);
	__type(value, struct traced_record);
} traced_scratch SEC(".maps");

#ifdef __TARGET_ARCH_arm64
struct thread_struct {
	struct {
		unsigned long tp_value;
	} uw;
} __attribute__((preserve_access_index));
#define sh_thread_pointer(task) BPF_CORE_READ(task, thread.uw.tp_value)
#else
struct thread_struct {
	unsigned long fsbase;
} __attribute__((preserve_access_index));
#define sh_thread_pointer(task) BPF_CORE_READ(task, thread.fsbase)
#endif

/* Where the variable of the thread lies; 0: it has none yet. */
static __always_inline __u64 sh_context_variable(struct sh_context_place *place, __u64 thread)
{
	__u64 vector = 0, slots = 0, block = 0;

	if (!place->slot_bytes)
		return thread + place->offset;
	if (place->module >= SH_MAX_MODULES || sh_read_user(&vector, sizeof(vector), thread + place->vector) || !vector)
		return 0;
	if (sh_read_user(&slots, sizeof(slots), vector + place->slots) || place->module > slots)
		return 0;
	if (sh_read_user(&block, sizeof(block), vector + place->module * place->slot_bytes) || !block ||
	    block == SH_SLOT_UNUSED)
		return 0;
	return block + place->offset;
}

static __always_inline int sh_is_sampled(struct traced_record *t, const __u64 *trace_id, __u64 span_id)
{
	__u64 *to = (__u64 *)t->trace_id;

	if (!(trace_id[0] | trace_id[1]) || !span_id)
		return 0;
	to[0] = trace_id[0];
	to[1] = trace_id[1];
	*(__u64 *)t->span_id = span_id;
	t->flags = SH_TRACED_LINK;
	return 1;
}

static __always_inline int sh_take_record(struct traced_record *t, __u64 record)
{
	struct sh_context_record head = {};
	__u32 bytes;
	int result = SH_CONTEXT_IDLE;

	if ((record & 1) || sh_read_user(&head, SH_CONTEXT_RECORD_BYTES, record))
		return SH_CONTEXT_BAD;
	if (head.valid != SH_CONTEXT_VALID)
		return head.valid ? SH_CONTEXT_BAD : SH_CONTEXT_NONE;
	/* Either both are set or none. */
	if (!(head.trace_id[0] | head.trace_id[1]) != !head.span_id)
		return SH_CONTEXT_BAD;
	bytes = head.attribute_bytes;
	if (bytes > SH_MAX_TRACED_ATTRIBUTES) {
		bytes = 0;
		result = SH_CONTEXT_CUT;
	}
	barrier_var(bytes);
	if (bytes > 0 && bytes <= SH_MAX_TRACED_ATTRIBUTES) {
		if (sh_read_user(t->attributes, bytes, record + SH_CONTEXT_RECORD_BYTES))
			return SH_CONTEXT_BAD;
		t->attribute_bytes = bytes;
		result |= SH_CONTEXT_SEND;
	}
	if ((head.flags & SH_CONTEXT_SAMPLED) && sh_is_sampled(t, head.trace_id, head.span_id))
		result |= SH_CONTEXT_SEND;
	return result;
}

/* Reads what the thread says of itself into the record: SH_CONTEXT_x. */
SH_STEP_FUNCTION int sh_read_context(struct traced_record *t, struct stack_record *r, __u64 thread)
{
	struct sh_context_place *place;
	struct sh_shared_trace *shared;
	__u64 id, variable, record = 0;
	__u32 tgid, zero = 0;
	void *map;

	if (!t || !r)
		return SH_CONTEXT_NONE;
	t->flags = 0;
	t->attribute_bytes = 0;
	((__u64 *)t->trace_id)[0] = 0;
	((__u64 *)t->trace_id)[1] = 0;
	*(__u64 *)t->span_id = 0;
	tgid = r->tgid;
	place = bpf_map_lookup_elem(&contexts, &tgid);
	if (place && place->start_boottime == r->start_boottime && place->exec_id == r->exec_id) {
		variable = sh_context_variable(place, thread);
		if (!variable)
			return SH_CONTEXT_NONE;
		if (sh_read_user(&record, sizeof(record), variable))
			return SH_CONTEXT_BAD;
		return record ? sh_take_record(t, record) : SH_CONTEXT_NONE;
	}
	map = bpf_map_lookup_elem(&traces, &zero);
	if (!map)
		return SH_CONTEXT_NONE;
	id = ((__u64)tgid << 32) | r->tid;
	shared = bpf_map_lookup_elem(map, &id);
	if (!shared)
		return SH_CONTEXT_NONE;
	return sh_is_sampled(t, shared->trace_id, shared->span_id) ? SH_CONTEXT_SEND : SH_CONTEXT_BAD;
}

#endif
