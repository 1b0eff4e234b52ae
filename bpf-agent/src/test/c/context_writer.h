/*
 * A writer of process and thread contexts as OTEP 4719 and OTEP 4947 have them, written from those two texts alone: what the
 * agent's reader is tested with. Included by a program that calls publish_process() once.
 */
#ifndef CONTEXT_WRITER_H
#define CONTEXT_WRITER_H

#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

struct process_context {
	char signature[8];
	uint32_t version;
	uint32_t payload_size;
	_Atomic uint64_t published_at;
	uint64_t payload;
};

struct __attribute__((packed)) thread_record {
	uint8_t trace_id[16];
	uint8_t span_id[8];
	uint8_t valid;
	uint8_t flags;
	uint16_t attributes_bytes;
	uint8_t attributes[612];
};

struct bytes {
	uint8_t data[8192];
	size_t size;
};

static inline void put_varint(struct bytes *to, uint64_t value)
{
	while (value >= 0x80) {
		to->data[to->size++] = (uint8_t)value | 0x80;
		value >>= 7;
	}
	to->data[to->size++] = (uint8_t)value;
}

static inline void put_field(struct bytes *to, int field, const void *from, size_t size)
{
	put_varint(to, (uint64_t)field << 3 | 2);
	put_varint(to, size);
	memcpy(to->data + to->size, from, size);
	to->size += size;
}

/* KeyValue {1 key, 2 AnyValue} */
static inline void put_key_value(struct bytes *to, int field, const char *key, const struct bytes *any)
{
	struct bytes entry = {.size = 0};
	put_field(&entry, 1, key, strlen(key));
	put_field(&entry, 2, any->data, any->size);
	put_field(to, field, entry.data, entry.size);
}

static inline void put_text(struct bytes *to, int field, const char *key, const char *value)
{
	struct bytes any = {.size = 0};
	put_field(&any, 1, value, strlen(value));
	put_key_value(to, field, key, &any);
}

static inline uint64_t boottime(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + now.tv_nsec;
}

/* The payload: service.name and service.instance.id, an attribute that is a list, and for threads a schema and key names. */
static inline void encode_payload(struct bytes *payload, const char *service, const char *schema, int keys, const char *const *names)
{
	struct bytes resource = {.size = 0}, list = {.size = 0}, any = {.size = 0}, element = {.size = 0};
	payload->size = 0;
	put_text(&resource, 1, "service.name", service);
	put_text(&resource, 1, "service.instance.id", "instance-of-the-writer");
	put_text(&resource, 1, "process.pid", "not for the process to say");
	put_text(&resource, 1, "host.name", "nor this");
	put_field(&element, 1, "a", 1);
	put_field(&list, 1, element.data, element.size);
	put_field(&any, 5, list.data, list.size);
	put_key_value(&resource, 1, "writer.list", &any);
	put_field(payload, 1, resource.data, resource.size);
	if (!schema)
		return;
	put_text(payload, 2, "threadlocal.schema_version", schema);
	list.size = any.size = 0;
	for (int i = 0; i < keys; i++) {
		element.size = 0;
		put_field(&element, 1, names[i], strlen(names[i]));
		put_field(&list, 1, element.data, element.size);
	}
	put_field(&any, 5, list.data, list.size);
	put_key_value(payload, 2, "threadlocal.attribute_key_map", &any);
}

/* Publishes, or updates what is published. */
static inline struct process_context *publish_process(struct process_context *context, const struct bytes *payload)
{
	uint8_t *copy = malloc(payload->size);
	memcpy(copy, payload->data, payload->size);
	if (!context) {
		int fd = memfd_create("OTEL_CTX", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		if (fd < 0 || ftruncate(fd, sizeof(*context)))
			abort();
		context = mmap(0, sizeof(*context), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
		close(fd);
		if (context == MAP_FAILED || madvise(context, sizeof(*context), MADV_DONTFORK))
			abort();
		memcpy(context->signature, "OTEL_CTX", 8);
		context->version = 2;
	} else {
		atomic_store(&context->published_at, 0);
		atomic_thread_fence(memory_order_seq_cst);
	}
	context->payload_size = payload->size;
	context->payload = (uint64_t)(uintptr_t)copy;
	atomic_thread_fence(memory_order_seq_cst);
	atomic_store(&context->published_at, boottime());
	prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, context, sizeof(*context), "OTEL_CTX");
	return context;
}

static inline void add_attribute(struct thread_record *record, uint8_t key, const char *value)
{
	uint8_t *at = record->attributes + record->attributes_bytes;
	at[0] = key;
	at[1] = strlen(value);
	memcpy(at + 2, value, at[1]);
	record->attributes_bytes += 2 + at[1];
}

#endif
