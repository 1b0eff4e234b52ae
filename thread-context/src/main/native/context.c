/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core: the thread-local symbol and the records of OTEP 4947, and the process context of OTEP 4719. Nothing here knows Java.
 *
 * Records. A thread has one record from its first use on, and its TLS pointer is set once. Java writes into the record in place (valid = 0,
 * write, valid = 1). When the thread ends, the pointer is cleared before the record goes back to the pool; memory of records is never given
 * back to the system, so that whoever still holds the address reads a record. The destructor puts itself off twice: native threads that
 * detach from the JVM in a destructor of their own may run Java code until then.
 *
 * Linked against no library (see build.sh): the functions of libc are found in the process, whatever libc that is and however old.
 */
#define _GNU_SOURCE
#include "context.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

/* volatile: the compiler may neither reorder nor join these stores. */
EXPORTED __thread struct record *volatile otel_thread_ctx_v1;

#define compiler_fence() __atomic_signal_fence(__ATOMIC_SEQ_CST)

/* ---- records ---- */

#define SLAB_SIZE 65536
#define EARLIER_ROUNDS 2

/* What the thread's destructor gets. */
struct owner {
    struct record *record;
    int rounds;
};

/* A free record's attributes hold the next one. */
struct free_record {
    uint8_t header[RECORD_HEADER + 4];
    struct free_record *next;
};

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static struct free_record *pool;
static pthread_key_t thread_key;
static int thread_key_error = EAGAIN;

static void give_back(struct record *record)
{
    struct free_record *free_record = (struct free_record *)(void *)record;
    pthread_mutex_lock(&pool_lock);
    free_record->next = pool;
    pool = free_record;
    pthread_mutex_unlock(&pool_lock);
}

/* With the lock held. */
static int grow_pool(void)
{
    uint8_t *slab = mmap(NULL, SLAB_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slab == MAP_FAILED)
        return -1;
    for (size_t at = 0; at + RECORD_SIZE <= SLAB_SIZE; at += RECORD_SIZE) {
        struct free_record *free_record = (struct free_record *)(void *)(slab + at);
        free_record->next = pool;
        pool = free_record;
    }
    return 0;
}

static struct record *take(void)
{
    struct free_record *taken = NULL;
    pthread_mutex_lock(&pool_lock);
    if (pool || grow_pool() == 0) {
        taken = pool;
        pool = taken->next;
    }
    pthread_mutex_unlock(&pool_lock);
    if (taken)
        memset(taken, 0, RECORD_SIZE);
    return (struct record *)(void *)taken;
}

static void thread_ends(void *argument)
{
    struct owner *owner = argument;
    *(volatile uint8_t *)&owner->record->valid = 0;
    if (owner->rounds++ < EARLIER_ROUNDS && pthread_setspecific(thread_key, owner) == 0)
        return;
    otel_thread_ctx_v1 = NULL;
    compiler_fence();
    give_back(owner->record);
    free(owner);
}

__attribute__((constructor)) static void create_thread_key(void)
{
    thread_key_error = pthread_key_create(&thread_key, thread_ends);
}

static struct record *new_record(void)
{
    struct owner *owner = thread_key_error ? NULL : malloc(sizeof *owner);
    if (!owner)
        return NULL;
    owner->rounds = 0;
    owner->record = take();
    if (!owner->record) {
        free(owner);
        return NULL;
    }
    if (pthread_setspecific(thread_key, owner) != 0) {
        give_back(owner->record);
        free(owner);
        return NULL;
    }
    compiler_fence();
    otel_thread_ctx_v1 = owner->record;
    return owner->record;
}

static struct record *published(void)
{
    return otel_thread_ctx_v1;
}

static struct record *record(void)
{
    struct record *mine = otel_thread_ctx_v1;
    return mine ? mine : new_record();
}

/* ---- payload: opentelemetry.proto.processcontext.v1development.ProcessContext ---- */

#define SCHEMA_KEY "threadlocal.schema_version"
#define SCHEMA "tlsdesc_v1_dev"
#define KEY_MAP_KEY "threadlocal.attribute_key_map"
#define MAX_RESOURCE (1u << 20)
/* Beside resource and keys: tags, lengths and the two names above. */
#define PAYLOAD_ROOM 512

struct key {
    uint8_t size;
    char name[MAX_KEY_BYTES];
};

static pthread_mutex_t context_lock = PTHREAD_MUTEX_INITIALIZER;
static struct key *keys[MAX_KEYS];
static int key_count;
static uint8_t *resource_bytes;
static size_t resource_size;

static size_t varint_size(size_t value)
{
    size_t size = 1;
    while (value >>= 7)
        size++;
    return size;
}

static size_t field_size(size_t content)
{
    return 1 + varint_size(content) + content;
}

/* Tag and length of a length-delimited field. */
static uint8_t *put_head(uint8_t *to, int field, size_t content)
{
    *to++ = (uint8_t)(field << 3 | 2);
    for (; content > 0x7f; content >>= 7)
        *to++ = (uint8_t)(content | 0x80);
    *to++ = (uint8_t)content;
    return to;
}

static uint8_t *put_bytes(uint8_t *to, int field, const void *bytes, size_t size)
{
    to = put_head(to, field, size);
    memcpy(to, bytes, size);
    return to + size;
}

/* ProcessContext.attributes (2) = KeyValue{key (1), value (2): AnyValue{string_value (1)}} */
static uint8_t *put_schema(uint8_t *to)
{
    size_t value = field_size(sizeof SCHEMA - 1);
    to = put_head(to, 2, field_size(sizeof SCHEMA_KEY - 1) + field_size(value));
    to = put_bytes(to, 1, SCHEMA_KEY, sizeof SCHEMA_KEY - 1);
    to = put_head(to, 2, value);
    return put_bytes(to, 1, SCHEMA, sizeof SCHEMA - 1);
}

/* The same with AnyValue{array_value (5): ArrayValue{values (1): AnyValue{string_value (1)}...}} */
static uint8_t *put_key_map(uint8_t *to)
{
    size_t values = 0;
    for (int i = 0; i < key_count; i++)
        values += field_size(field_size(keys[i]->size));
    size_t value = field_size(values);
    to = put_head(to, 2, field_size(sizeof KEY_MAP_KEY - 1) + field_size(value));
    to = put_bytes(to, 1, KEY_MAP_KEY, sizeof KEY_MAP_KEY - 1);
    to = put_head(to, 2, value);
    to = put_head(to, 5, values);
    for (int i = 0; i < key_count; i++) {
        to = put_head(to, 1, field_size(keys[i]->size));
        to = put_bytes(to, 1, keys[i]->name, keys[i]->size);
    }
    return to;
}

/* ---- process context ---- */

#define HEADER_SIZE 4096 /* its mapping: the header and nothing else */
#define CONTEXT_NAME "OTEL_CTX"
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

struct header {
    char signature[8];
    uint32_t version;
    uint32_t payload_size;
    volatile uint64_t published_at_ns;
    uint64_t payload;
};
_Static_assert(sizeof(struct header) == 32, "the header has no padding");

struct payload {
    uint8_t *bytes;
    size_t mapped;
};

static struct header *header;
/* The one before is kept until the next update: a reader that is at it finishes, and sees then that the header has changed. */
static struct payload current_payload, earlier_payload;

static int open_memfd(void)
{
    int fd = (int)syscall(SYS_memfd_create, CONTEXT_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
    if (fd < 0)
        fd = (int)syscall(SYS_memfd_create, CONTEXT_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && ftruncate(fd, HEADER_SIZE) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static int name_mapping(void *mapping)
{
    return prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, mapping, HEADER_SIZE, CONTEXT_NAME);
}

static uint64_t next_timestamp(uint64_t earlier)
{
    struct timespec now;
    uint64_t nanos = 1;
    if (clock_gettime(CLOCK_BOOTTIME, &now) == 0)
        nanos = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    return nanos > earlier ? nanos : earlier + 1;
}

static void set_header(struct header *to, const struct payload *payload, size_t size, uint64_t earlier)
{
    to->published_at_ns = 0;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    to->payload = (uint64_t)(uintptr_t)payload->bytes;
    to->payload_size = (uint32_t)size;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    to->published_at_ns = next_timestamp(earlier);
}

static int first_publication(const struct payload *payload, size_t size)
{
    int fd = open_memfd();
    void *mapping = mmap(NULL, HEADER_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
    int failed = mapping == MAP_FAILED ? errno : 0;
    if (fd >= 0)
        close(fd);
    if (failed)
        return -failed;
    if (madvise(mapping, HEADER_SIZE, MADV_DONTFORK) != 0) {
        failed = errno;
        munmap(mapping, HEADER_SIZE);
        return -failed;
    }
    struct header *made = mapping;
    memcpy(made->signature, CONTEXT_NAME, sizeof made->signature);
    made->version = 2;
    set_header(made, payload, size, 0);
    if (name_mapping(mapping) != 0 && fd < 0) { /* with neither name nobody would find it */
        failed = errno;
        munmap(mapping, HEADER_SIZE);
        return -failed;
    }
    header = made;
    return 0;
}

static void update(const struct payload *payload, size_t size)
{
    set_header(header, payload, size, header->published_at_ns);
    (void)name_mapping(header); /* readers may watch these calls; most kernels refuse it for a memfd */
}

/* With the lock held: resource and keys as they are now. */
static int publish_again(void)
{
    size_t room = resource_size + PAYLOAD_ROOM;
    for (int i = 0; i < key_count; i++)
        room += field_size(field_size(keys[i]->size));
    struct payload next = {.mapped = room};
    next.bytes = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (next.bytes == MAP_FAILED)
        return -errno;
    uint8_t *end = put_bytes(next.bytes, 1, resource_bytes, resource_size);
    end = put_key_map(put_schema(end));
    size_t size = (size_t)(end - next.bytes);
    if (!header) {
        int failed = first_publication(&next, size);
        if (failed) {
            munmap(next.bytes, next.mapped);
            return failed;
        }
    } else {
        update(&next, size);
    }
    if (earlier_payload.bytes)
        munmap(earlier_payload.bytes, earlier_payload.mapped);
    earlier_payload = current_payload;
    current_payload = next;
    return 0;
}

static int publish(const uint8_t *resource, size_t size)
{
    if (size > MAX_RESOURCE)
        return -EMSGSIZE;
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, resource, size);
    pthread_mutex_lock(&context_lock);
    uint8_t *before = resource_bytes;
    size_t size_before = resource_size;
    resource_bytes = copy;
    resource_size = size;
    int failed = publish_again();
    if (failed) {
        resource_bytes = before;
        resource_size = size_before;
        before = copy;
    }
    pthread_mutex_unlock(&context_lock);
    free(before);
    return failed;
}

/* With the lock held. */
static int append_key(const char *name, size_t size)
{
    struct key *added = key_count < MAX_KEYS ? malloc(sizeof *added) : NULL;
    if (!added)
        return -1;
    added->size = (uint8_t)size;
    memcpy(added->name, name, size);
    keys[key_count++] = added;
    /* Readers that meet the index before the map do read the map again. */
    if (header && publish_again() != 0) {
        key_count--;
        free(added);
        return -1;
    }
    return key_count - 1;
}

static int key(const char *name, size_t size)
{
    int found = -1;
    if (size == 0 || size > MAX_KEY_BYTES)
        return -1;
    pthread_mutex_lock(&context_lock);
    for (int i = 0; i < key_count && found < 0; i++) {
        if (keys[i]->size == size && memcmp(keys[i]->name, name, size) == 0)
            found = i;
    }
    if (found < 0)
        found = append_key(name, size);
    pthread_mutex_unlock(&context_lock);
    return found;
}

EXPORTED const struct core stackhouse_context_core = {CORE_MAGIC, record, published, key, publish};
