/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What user space tells of a HotSpot JVM. Shared with the Java side (jvm/HotspotLayout); a test compares both.
 */
#ifndef HOTSPOT_H
#define HOTSPOT_H

/*
 * Frame types. Compiled: the address, cookie {address - blob:32, compile id:32}. Interpreted: the Method instead of an
 * address, cookie {identity of the method:32, 0:16, bytecode index:16}. Stub: the address.
 */
#define SH_FRAME_COMPILED 1
#define SH_FRAME_INTERPRETED 2
#define SH_FRAME_STUB 3
#define SH_NO_BCI 0xffff

#define SH_MAX_CODE_HEAPS 4
/* What is read of a code blob's head, and of a ConstMethod's. */
#define SH_MAX_BLOB_BYTES 384
#define SH_MAX_CONST_METHOD_BYTES 64

struct sh_code_heap {
	__u64 low;
	__u64 high;
	__u64 segments; /* address of its map: a byte per segment */
};

/* Value of the map of JVMs; the key is the tgid. Offsets and sizes are in bytes. */
struct sh_hotspot {
	__u64 start_boottime;
	__u64 exec_id;
	__u64 low; /* all heaps lie in [low, high) */
	__u64 high;
	__u64 interpreter_low;
	__u64 interpreter_high;
	struct sh_code_heap heap[SH_MAX_CODE_HEAPS];
	__u16 heaps;
	__u16 segment_shift;
	__u16 heap_block_bytes;
	__u16 blob_bytes;
	/* in CodeBlob and nmethod */
	__u16 blob_name;
	__u16 frame_size;
	__u16 frame_complete;
	__u16 frame_complete_bytes; /* 2 or 4 */
	__u16 code;
	__u16 code_is_pointer; /* else an offset from the blob */
	__u16 deopt;
	__u16 deopt_is_pointer;
	__u16 original_pc;
	__u16 compile_id;
	/* in Method and ConstMethod */
	__u16 const_method;
	__u16 const_method_bytes;
	__u16 constants;
	__u16 code_bytes;
	__u16 name_index; /* the signature's follows */
	__u16 unused;
};

#endif
