/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two libraries share: the record of a thread as OTEP 4947 lays it out, and the table of functions by which each copy of the
 * binding (jni.c) uses the one core (context.c) of the process.
 *
 * Why two libraries. A JVM loads a JNI library once per class loader, from a file of its own: an application server with two applications
 * would have two symbols otel_thread_ctx_v1 and two process contexts, of which readers expect one. So the core is loaded once and stays
 * until the process ends; its table's address is left in a system property, where the next class loader's binding finds it.
 */
#ifndef STACKHOUSE_CONTEXT_H
#define STACKHOUSE_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#define RECORD_SIZE 640
#define RECORD_HEADER 28
#define RECORD_WRITER 632 /* behind what readers are told of: which object in Java wrote the record last */
#define MAX_KEYS 256
#define MAX_KEY_BYTES 255

/* OTEP 4947, "Thread-Local Context Record": packed, in the order of the table there. */
struct record {
    uint8_t trace_id[16];
    uint8_t span_id[8];
    uint8_t valid;
    uint8_t trace_flags;
    uint16_t attrs_size;
    uint8_t attrs[RECORD_WRITER - RECORD_HEADER];
    uint64_t writer;
};
_Static_assert(sizeof(struct record) == RECORD_SIZE, "a record has no padding");
_Static_assert(offsetof(struct record, valid) == 24, "valid");
_Static_assert(offsetof(struct record, attrs_size) == 26, "attrs_size");
_Static_assert(offsetof(struct record, attrs) == RECORD_HEADER, "attrs");
_Static_assert(offsetof(struct record, writer) == RECORD_WRITER, "writer");

#define CORE_MAGIC 0x53484354582f3031ull /* "SHCTX/01": another layout of this table gets another one */

struct core {
    uint64_t magic;
    /* The calling thread's record, made at the first call and published by its TLS pointer; NULL when there is no memory. */
    struct record *(*record)(void);
    /* What the calling thread's TLS pointer points to; NULL when it published nothing. */
    struct record *(*published)(void);
    /* The index of a key, which is appended if it is new; -1 when the map is full or there is no memory. */
    int (*key)(const char *name, size_t size);
    /* Publishes or updates the process context: 0 or -errno. The bytes are an encoded opentelemetry.proto.resource.v1.Resource. */
    int (*publish)(const uint8_t *resource, size_t size);
};

#endif
