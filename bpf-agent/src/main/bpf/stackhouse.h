/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Layouts shared by the BPF program and the Java side (sample/RecordLayout, sample/CounterLayout). This file is the
 * source; a test reads the compiled object's BTF and compares it with the Java constants. All fields are in the byte
 * order of the machine.
 */
#ifndef STACKHOUSE_H
#define STACKHOUSE_H

#define SH_COMM_BYTES 16
/* The default of kernel.perf_event_max_stack; bpf_get_stack gives no more per side. */
#define SH_MAX_FRAMES 127

/* stack_record.kind */
#define SH_KIND_STACK 1  /* first sight of a stack: its samples are counted under its hash */
#define SH_KIND_SINGLE 2 /* one whole sample that is counted nowhere else */

/* stack_record.flags */
#define SH_FLAG_KERNEL_TRUNCATED 1
#define SH_FLAG_USER_TRUNCATED 2

/* What crosses by the ring buffer: this header, then nk kernel and nu user addresses, both leaf first. */
struct stack_record {
	__u32 kind;
	__u32 flags;
	__u64 hash;
	__u32 tgid;
	__u32 tid;
	__u32 cpu;
	__u16 nk;
	__u16 nu;
	__u64 start_boottime; /* of the process (its first thread), ns */
	__u64 exec_id;	      /* how often this process called exec */
	__u64 boottime;	      /* of the sample, ns */
	__u64 cgroup_id;
	char comm[SH_COMM_BYTES]; /* of the thread */
	__u64 ips[2 * SH_MAX_FRAMES];
};

/* Value of the count maps; the key is stack_record.hash. */
struct stack_count {
	__u64 count;
	__u32 tgid;
	__u32 unused;
};

/* One incarnation of a process. */
struct process_key {
	__u64 start_boottime;
	__u64 exec_id;
	__u64 tgid;
};

/* Per CPU, each only grows. samples = counted + singles + lost. */
struct counters {
	__u64 samples;
	__u64 counted;	       /* samples that went into a count map */
	__u64 new_stacks;      /* bodies sent at first sight */
	__u64 singles;	       /* samples that crossed one by one */
	__u64 lost;	       /* samples that found neither a count map nor the ring with room */
	__u64 ring_full;       /* records that the ring refused */
	__u64 seen_full;       /* bodies sent whose hash found no room: they will be sent again */
	__u64 counts_full;     /* samples that found the count map full */
	__u64 no_user_stack;   /* samples of a user process without a user stack */
	__u64 kernel_truncated;
	__u64 user_truncated;
};

/* Set by user space before the program is loaded. */
struct settings {
	__u64 hash_seed;
	__u32 aggregate; /* 0: every sample crosses as SH_KIND_SINGLE */
	__u32 unused;
};

#endif
