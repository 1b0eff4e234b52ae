/*
 * Burns CPU in two functions: traced() with a thread context, plain() without; as scene "waits" both sleep and touch new pages instead. What it publishes is said by arguments:
 *   SCENE [LIBRARY]
 * With LIBRARY the variable is in that file, which is loaded by dlopen; else it is linked. Prints a line "ready" when its context
 * is published. Threads: main, and a second one that begins after the library was loaded; both do the same, for ever.
 */
#include "context_writer.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>

#ifdef LINKED
void set_thread_context(void *record);
#endif

static void (*set)(void *record);
static const char *scene;
static struct process_context *process;
static volatile unsigned long sink;
static volatile int late;
static const char *const KEYS[] = {"http.route", "user.tier", "late.key"};

static int is(const char *name)
{
	return strcmp(scene, name) == 0;
}

__attribute__((noinline)) static void spin(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		sink += i * i;
}

/* Sleeps, then touches new pages. */
__attribute__((noinline)) static void wait_and_grow(long pages)
{
	volatile char *memory;

	usleep(2000);
	memory = mmap(0, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise((void *)memory, pages * 4096, MADV_NOHUGEPAGE);
	for (long i = 0; i < pages; i++)
		memory[i * 4096] = 1;
	munmap((void *)memory, pages * 4096);
}

__attribute__((noinline)) static void traced(void)
{
	if (is("waits"))
		wait_and_grow(96);
	else
		spin(6000000);
	__asm__ volatile("");
}

__attribute__((noinline)) static void plain(void)
{
	if (is("waits"))
		wait_and_grow(32);
	else
		spin(2000000);
	__asm__ volatile("");
}

static void fill(struct thread_record *record, int thread)
{
	memset(record, 0, sizeof(*record));
	for (int i = 0; i < 16; i++)
		record->trace_id[i] = 0x10 + thread;
	for (int i = 0; i < 8; i++)
		record->span_id[i] = 0xa0 + thread;
	record->flags = 1;
	record->valid = 1;
	if (is("unsampled") || is("unsampled-bare"))
		record->flags = 0;
	if (is("half"))
		memset(record->span_id, 0, 8);
	if (is("invalid"))
		record->valid = 2;
	if (!is("bare") && !is("unsampled-bare")) {
		add_attribute(record, 0, "/first");
		add_attribute(record, 1, "gold");
		add_attribute(record, 0, "/checkout");
		add_attribute(record, 200, "nobody knows this key");
	}
	if (is("cut-entry")) {
		record->attributes[record->attributes_bytes++] = 1;
		record->attributes[record->attributes_bytes++] = 250;
		record->attributes[record->attributes_bytes++] = 'x';
	}
	if (is("huge"))
		record->attributes_bytes = 0xffff;
}

/* What the variable is set to, and whether it is set at all. */
static void *place(struct thread_record *record)
{
	static uint8_t *edge;
	if (is("odd"))
		return (uint8_t *)record + 1;
	if (is("unmapped"))
		return (void *)0x10;
	if (is("kernel"))
		return (void *)0xffffffff81000000ull;
	if (is("edge")) { /* the attributes are not there */
		edge = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(edge + 4096, 4096);
		memcpy(edge + 4096 - 28, record, 28);
		return edge + 4096 - 28;
	}
	return record;
}

static void *work(void *argument)
{
	struct thread_record *record = aligned_alloc(16, (sizeof(*record) + 15) / 16 * 16);
	int flips = is("flips"), fixed = is("fixed");
	void *at;

	fill(record, (int)(intptr_t)argument);
	at = place(record);
	if (fixed) {
		record->valid = 0;
		set(at);
	}
	for (unsigned long round = 0;; round++) {
		if (fixed) {
			*(volatile uint8_t *)&record->valid = 1;
		} else {
			set(at);
		}
		if (late == 1 + (int)(intptr_t)argument) {
			add_attribute(record, 2, "found");
			late++;
		}
		if (flips) { /* another span each time */
			*(volatile uint8_t *)&record->valid = 0;
			record->span_id[7] = round & 1;
			*(volatile uint8_t *)&record->valid = 1;
		}
		traced();
		if (fixed)
			*(volatile uint8_t *)&record->valid = 0;
		else
			set(NULL);
		plain();
	}
	return NULL;
}

static void *update(void *argument)
{
	struct bytes payload;
	for (unsigned long i = 0;; i++) {
		encode_payload(&payload, i % 2 ? "first-name" : "second-name", "tlsdesc_v1_dev", 2, KEYS);
		publish_process(process, &payload);
		usleep(1000); /* nobody could read what is changed without a pause */
	}
	return argument;
}

/* As a virtual machine that starts its SDK after a while. */
static void start_slowly(long milliseconds)
{
	uint64_t end = boottime() + (uint64_t)milliseconds * 1000000;
	while (boottime() < end)
		spin(1000000);
}

/* Another program in the same process, which publishes nothing. */
static void *execute(void *arguments)
{
	char **given = arguments;
	sleep(4);
	execl(given[0], given[0], "silent", given[2], (char *)NULL);
	return NULL;
}

/* One more key, long after the first samples. */
static void *add_key(void *argument)
{
	struct bytes payload;
	sleep(3);
	encode_payload(&payload, "written-in-c", "tlsdesc_v1_dev", 3, KEYS);
	publish_process(process, &payload);
	late = 1;
	return argument;
}

int main(int count, char **arguments)
{
	struct bytes payload;
	pthread_t second, updater;

	scene = count > 1 ? arguments[1] : "plain";
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (count > 2) {
		void *library = dlopen(arguments[2], RTLD_NOW | RTLD_LOCAL);
		set = library ? (void (*)(void *))dlsym(library, "set_thread_context") : NULL;
		if (!set) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
	} else {
#ifdef LINKED
		set = set_thread_context;
#else
		return 1;
#endif
	}
	if (is("deleted"))
		unlink(arguments[2]);
	if (is("garbage-payload")) {
		memset(payload.data, 0xff, 64);
		payload.size = 64;
	} else {
		encode_payload(&payload, "written-in-c", is("no-schema") ? NULL : is("other-schema") ? "go_pprof_labels_v1" : "tlsdesc_v1_dev",
			       2, KEYS);
	}
	if (is("late-context"))
		start_slowly(3000);
	if (is("soon-context"))
		start_slowly(600);
	if (!is("silent"))
		process = publish_process(NULL, &payload);
	if (is("changing"))
		atomic_store(&process->published_at, 0);
	if (is("version"))
		process->version = 3;
	if (is("signature"))
		process->signature[7] = 'x';
	if (is("payload-pointer"))
		process->payload = 0x10;
	if (is("payload-size"))
		process->payload_size = 0xffffffff;
	if (is("late-key"))
		pthread_create(&updater, NULL, add_key, NULL);
	if (is("updates"))
		pthread_create(&updater, NULL, update, NULL);
	if (is("execs"))
		pthread_create(&updater, NULL, execute, arguments);
	puts("ready");
	pthread_create(&second, NULL, work, (void *)1);
	work(NULL);
	return 0;
}
