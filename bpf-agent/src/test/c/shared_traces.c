/*
 * Does what OpenTelemetry's eBPF instrumentation does for a thread: pins an LRU hash of pid_tgid to {trace id, span id} as the file
 * given, and says there what this process's only thread works for. Burns CPU: in traced() with its entry, in plain() without.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile unsigned long sink;

static long bpf(int command, union bpf_attr *attributes)
{
	return syscall(__NR_bpf, command, attributes, sizeof(*attributes));
}

__attribute__((noinline)) static void spin(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		sink += i * i;
}

__attribute__((noinline)) static void traced(void)
{
	spin(6000000);
	__asm__ volatile("");
}

__attribute__((noinline)) static void plain(void)
{
	spin(2000000);
	__asm__ volatile("");
}

int main(int count, char **arguments)
{
	union bpf_attr create = {0}, pin = {0}, entry = {0}, gone = {0};
	uint64_t key = (uint64_t)getpid() << 32 | (uint64_t)getpid();
	uint8_t value[24];
	long map;

	create.map_type = count > 2 ? BPF_MAP_TYPE_HASH : BPF_MAP_TYPE_LRU_HASH;
	create.key_size = sizeof(key);
	create.value_size = sizeof(value);
	create.max_entries = 1 << 14;
	map = bpf(BPF_MAP_CREATE, &create);
	pin.pathname = (uint64_t)(uintptr_t)arguments[1];
	pin.bpf_fd = (uint32_t)map;
	if (map < 0 || bpf(BPF_OBJ_PIN, &pin)) {
		perror(arguments[1]);
		return 1;
	}
	puts("ready");
	fflush(stdout);
	memset(value, 0x77, 16);
	memset(value + 16, 0x88, 8);
	entry.map_fd = (uint32_t)map;
	entry.key = (uint64_t)(uintptr_t)&key;
	entry.value = (uint64_t)(uintptr_t)value;
	gone.map_fd = (uint32_t)map;
	gone.key = entry.key;
	for (;;) {
		bpf(BPF_MAP_UPDATE_ELEM, &entry);
		traced();
		bpf(BPF_MAP_DELETE_ELEM, &gone);
		plain();
	}
}
