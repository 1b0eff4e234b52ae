/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The unwinder's maps, which user space fills, and what unwind.h wants of its environment. */
#ifndef UNWIND_MAPS_BPF_H
#define UNWIND_MAPS_BPF_H

#include "hotspot.h"

/* Mappings of the processes that user space has looked at. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct sh_process);
} mappings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct sh_region);
} regions SEC(".maps");

/* Each chunk is an array of one value: the verifier then knows its size, and a step reads it without a call. */
struct chunk_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, SH_CHUNK_WORDS * sizeof(__u32));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 256);
	__type(key, __u32);
	__array(values, struct chunk_map);
} chunks SEC(".maps");

/* The JVMs whose code cache user space has found. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct sh_hotspot);
} hotspots SEC(".maps");

static __always_inline struct sh_hotspot *sh_hotspot_of(__u32 tgid)
{
	return bpf_map_lookup_elem(&hotspots, &tgid);
}

static __always_inline struct sh_process *sh_process_of(__u32 tgid)
{
	return bpf_map_lookup_elem(&mappings, &tgid);
}

static __always_inline struct sh_region *sh_region_at(__u32 region)
{
	return bpf_map_lookup_elem(&regions, &region);
}

static __always_inline __u32 *sh_chunk_at(__u32 chunk)
{
	void *map = bpf_map_lookup_elem(&chunks, &chunk);
	__u32 zero = 0;

	return map ? bpf_map_lookup_elem(map, &zero) : 0;
}

static __always_inline long sh_read_user(void *to, __u32 bytes, __u64 from)
{
	return bpf_probe_read_user(to, bytes, (void *)(long)from);
}

#endif
