/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Layouts shared by the BPF program and the Java side (sample/RecordLayout, unwind/TableLayout). This file is the
 * source; a test reads the compiled object's BTF and compares it with the Java constants. All fields are in the byte
 * order of the machine.
 */
#ifndef STACKHOUSE_H
#define STACKHOUSE_H

#define SH_COMM_BYTES 16
/* The default of kernel.perf_event_max_stack; bpf_get_stack gives no more kernel frames. */
#define SH_MAX_KERNEL_FRAMES 127
#define SH_MAX_USER_FRAMES 256
/* Words of the user stack: a frame takes one, and one more for each cookie. */
#define SH_MAX_USER_WORDS 512
#define SH_MAX_WORDS (SH_MAX_KERNEL_FRAMES + SH_MAX_USER_WORDS)

/* What a stack was taken for. It names scratch records, counters, and, being part of the flags, the stack's hash. */
#define SH_EVENT_CPU 0
#define SH_EVENT_PAGE_FAULT 1
#define SH_EVENT_OFF_CPU 2
#define SH_EVENTS 3
#define SH_EVENT_SHIFT 8 /* in the flags of both records */

/* stack_record.kind */
#define SH_KIND_STACK 1  /* first sight of a stack: its samples are counted under its hash */
#define SH_KIND_SINGLE 2 /* one whole sample that is counted nowhere else */
#define SH_KIND_NEED 3	 /* no sample: the unwinder lacks something; one word, the address it was needed for */
#define SH_KIND_TRACED 4 /* struct traced_record: one sample of a stack known by its hash, that is counted nowhere else */
#define SH_KIND_SLEEP 5	 /* struct sleep_record: one sleep that was drawn and is over */

/* stack_record.flags; above them the event */
#define SH_FLAG_KERNEL_TRUNCATED 1
#define SH_FLAG_USER_TRUNCATED 2 /* frames are missing at the root, for whatever reason */
#define SH_FLAG_FOLDED 4	 /* repetitions of a recursion were left out */

/* stack_record.need, in records of SH_KIND_NEED */
#define SH_NEED_NONE 0
#define SH_NEED_PROCESS 1 /* its mappings are not known */
#define SH_NEED_RANGE 2	  /* its mappings are known, and none has the address */
#define SH_NEED_REGION 3  /* the mapping's table is not loaded there */

/*
 * A user frame is one word {frame kind:8, address:56}, followed by as many cookie words as the upper two bits of the
 * kind say. The rest of the kind: SH_FRAME_EXACT, then five bits of what the frame is.
 */
#define SH_FRAME_PC_BITS 56
#define SH_FRAME_PC_MASK ((1ULL << SH_FRAME_PC_BITS) - 1)
#define SH_FRAME_COOKIES_SHIFT 6
#define SH_MAX_COOKIES 3
#define SH_FRAME_EXACT 0x20 /* the address is the instruction's own: the leaf, and what a signal interrupted */
#define SH_FRAME_TYPE_MASK 0x1f
#define SH_FRAME_NATIVE 0
/* 1 to 15 belong to hotspot.bpf.h */

/* Why an unwinding ended; index into counters.statuses. */
#define SH_STATUS_NONE 0	/* no user stack to unwind */
#define SH_STATUS_COMPLETE 1	/* a table says: the first frame of its thread */
#define SH_STATUS_COMPLETE_FP 2 /* a chain of frame pointers ended in 0 */
#define SH_STATUS_READ_FAULT 3	/* stack memory could not be read */
#define SH_STATUS_NO_RULE 4	/* no rule for the address, and no chain of frame pointers */
#define SH_STATUS_BAD_CFA 5	/* the rule does not lead up the stack */
#define SH_STATUS_MAX_FRAMES 6	/* more frames than are taken */
#define SH_STATUS_OUTSIDE 7	/* the return address is in no code */
#define SH_STATUS_HOTSPOT 8	/* the code cache's step failed */
#define SH_STATUS_MISSING 9	/* tables or mappings were not there yet */
#define SH_STATUS_NO_REGISTERS 10
#define SH_STATUSES 16

/* What crosses by the ring buffer: this header, then nk kernel addresses and nw words of the user stack, leaf first. */
struct stack_record {
	__u32 kind;
	__u32 flags;
	__u64 hash;
	__u32 tgid;
	__u32 tid;
	__u32 cpu;
	__u16 nk;
	__u16 nw;
	__u64 start_boottime; /* of the process (its first thread), ns */
	__u64 exec_id;	      /* how often this process called exec */
	__u64 boottime;	      /* of the sample, ns */
	__u64 cgroup_id;
	char comm[SH_COMM_BYTES]; /* of the thread */
	__u16 status;
	__u16 need;
	__u32 region; /* with SH_NEED_REGION */
	__u64 words[SH_MAX_WORDS];
};

/* traced_record.flags; above them the event */
#define SH_TRACED_LINK 1 /* trace and span are those that were sampled; else both are zero */

/* What a thread may say of itself beside trace and span: OTEP 4947 recommends records of at most 640 bytes in all. */
#define SH_MAX_TRACED_ATTRIBUTES 612

/*
 * A sample with the context that its thread had published. It follows its stack's body, whose hash says whose it is; cut
 * behind its attributes, which are {u8 key, u8 length, text} in a row, as the thread wrote them.
 */
struct traced_record {
	__u32 kind;
	__u16 flags;
	__u16 attribute_bytes;
	__u64 hash;
	__u32 tgid;
	__u32 tid;
	__u64 boottime;
	__u8 trace_id[16];
	__u8 span_id[8];
	__u8 attributes[SH_MAX_TRACED_ATTRIBUTES + 4];
};

/*
 * A sleep, with or without a context. It follows its stack's body, which was taken at its begin; its sample's boottime is its
 * end. Each sleep is drawn with the chance of odds in 2^32, so that it stands for 2^32 / odds such sleeps.
 */
struct sleep_record {
	__u32 kind;
	__u32 unused;
	__u64 odds;
	__u64 duration; /* ns, without those that the machine was suspended; while it goes on, when it began */
	struct traced_record sample;
};

/* How a CPU draws sleeps. User space sets odds, for each second anew, and limit; the rest only grows. */
struct draw {
	__u64 odds;  /* in 2^32 */
	__u64 taken; /* sleeps drawn */
	__u64 limit; /* when this many were drawn, the odds are halved */
	__u64 step;  /* and so again after so many more */
	__u64 unused[4]; /* no cache line of another CPU */
};

/* Value of the count maps; the key is stack_record.hash. */
struct stack_count {
	__u64 count;
	__u32 tgid;
	__u32 event;
};

/* One incarnation of a process. */
struct process_key {
	__u64 start_boottime;
	__u64 exec_id;
	__u64 tgid;
};

/*
 * Per CPU and event, each only grows. samples = counted + traced + singles + lost; of SH_EVENT_OFF_CPU, where traced and
 * singles are sleeps that ended with and without a context, and those that go on are missing in the sum.
 */
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
	__u64 folded;	       /* samples with a recursion that was folded */
	__u64 needs;	       /* requests sent to user space for mappings or tables */
	__u64 table_steps;     /* frames left by a table's rule */
	__u64 fp_steps;	       /* frames left by the frame pointer */
	__u64 hotspot_steps;   /* frames left by the code cache's step */
	__u64 traced;	       /* samples that crossed with their context */
	__u64 contexts;	       /* contexts read that were valid */
	__u64 contexts_bad;    /* contexts that were announced and could not be read, or made no sense */
	__u64 contexts_cut;    /* contexts whose attributes were left out, being too large */
	__u64 untraced;	       /* samples with a context that found the ring full and went on without it */
	__u64 statuses[SH_STATUSES];
};

/* Set by user space before the program is loaded. */
struct settings {
	__u64 hash_seed;
	__u64 need_interval; /* ns between two requests of one process */
	__u32 aggregate;     /* 0: every sample crosses as SH_KIND_SINGLE */
	__u32 tables;	     /* 0: frame pointers alone */
	__u32 contexts;	     /* 0: what threads say of themselves is not read */
	__u32 unused;
};

/*
 * Unwinding tables. A module's executable text is cut into regions of SH_REGION_PAGES pages of 4 KiB; a region's blob
 * lies in one chunk, so that one lookup gives all that a step needs:
 *
 *   word 0..255        index: first row of the page, counted in words from the blob's begin (18 bits), rows << 18
 *   word 256..         rules, two words each (struct sh_rule)
 *   then               rows: {u16 offset in the page, u16 rule}, ascending; the first of a page has offset 0
 *
 * Blobs begin at even words. A region is 1 MiB of text, a chunk 512 KiB.
 */
#define SH_PAGE_SHIFT 12
#define SH_REGION_PAGES 256
#define SH_CHUNK_WORDS (1 << 17)
#define SH_INDEX_ROW_BITS 18
#define SH_INDEX_ROW_MASK ((1 << SH_INDEX_ROW_BITS) - 1)

/* sh_rule.kind */
#define SH_RULE_NONE 0	    /* not known here: try the frame pointer */
#define SH_RULE_SP 1	    /* CFA = SP + cfa */
#define SH_RULE_FP 2	    /* CFA = FP + cfa */
#define SH_RULE_FP_DEREF 3  /* CFA = *(FP + cfa) + reg */
#define SH_RULE_SP_DEREF 4  /* CFA = *(SP + cfa) + reg */
#define SH_RULE_REG 5	    /* CFA = register reg + cfa: known in the leaf frame alone */
#define SH_RULE_PLT 6	    /* CFA = SP + cfa, + 8 if (PC & 15) >= reg */
#define SH_RULE_SIGNAL 7    /* the frame that a signal handler returns to */
#define SH_RULE_END 8	    /* the first frame of its thread */
#define SH_RULE_KIND_MASK 0x7f
#define SH_RULE_FP_BY_FP 0x80 /* the caller's FP lies at FP + fp instead of CFA + fp */

#define SH_RULE_SAME (-0x8000) /* fp: unchanged; ra: in the link register */

/* cfa, fp and ra count 8 bytes each. */
struct sh_rule {
	__u8 kind;
	__u8 reg;
	__s16 cfa;
	__s16 fp;
	__s16 ra;
};

/* Where a region's blob lies. One word, so that it is seen whole: chunk + 1 << 32 | first word; 0: not loaded. */
#define SH_REGION_NO_TABLE 0xffffffffU /* as chunk + 1: there is nothing to load */
struct sh_region {
	__u64 place;
	__u64 used; /* when it was last used, boottime >> SH_USED_SHIFT */
};
#define SH_USED_SHIFT 32 /* 4.3 s */

#define SH_MAX_MAPPINGS 256
/* sh_mapping.flags */
#define SH_MAPPING_TABLES 1    /* regions hold its tables */
#define SH_MAPPING_GENERATED 2 /* executable memory without a file */

/* One executable range. The page of an address is (address - start >> 12) + first_page, its region region + page / 256. */
struct sh_mapping {
	__u64 start;
	__u32 pages;
	__u32 first_page;
	__u32 region;
	__u32 flags;
};

/* Value of the map of processes; the key is the tgid. Mappings ascend and do not overlap. */
struct sh_process {
	__u64 start_boottime;
	__u64 exec_id;
	__u32 mappings;
	__u32 unused;
	struct sh_mapping mapping[SH_MAX_MAPPINGS];
};

#endif
