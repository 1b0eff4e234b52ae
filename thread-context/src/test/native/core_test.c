/* SPDX-License-Identifier: Apache-2.0 */
/* Loads the core as the binding does and uses it without Java: core_test CORE. Prints what was seen; CoreTest knows what is right. */
#include "context.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 1000

static const struct core *core;
static struct record *last;

static void *thread(void *argument)
{
    (void)argument;
    if (core->published())
        exit(2);
    struct record *record = core->record();
    if (!record || core->published() != record || core->record() != record || record->valid || record->attrs_size)
        exit(3);
    record->valid = 1;
    record->attrs_size = 7;
    last = record;
    return NULL;
}

static int mappings(void)
{
    char line[512];
    int count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    if (!maps)
        exit(4);
    while (fgets(line, sizeof line, maps))
        count += strstr(line, "OTEL_CTX") != NULL;
    fclose(maps);
    return count;
}

int main(int count, char **arguments)
{
    void *library = dlopen(count > 1 ? arguments[1] : "", RTLD_NOW);
    if (!library) {
        puts(dlerror());
        return 1;
    }
    core = dlsym(library, "stackhouse_context_core");
    struct record *first = NULL;
    int reused = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_t id;
        if (pthread_create(&id, NULL, thread, NULL) != 0 || pthread_join(id, NULL) != 0)
            return 5;
        if (!first)
            first = last;
        reused += last == first && !last->valid;
    }
    int route = core->key("http.route", 10), tenant = core->key("tenant", 6), again = core->key("http.route", 10);
    int failed = core->publish((const uint8_t *)"", 0);
    printf("threads that used the first one's record and left it invalid: %d\n", reused);
    printf("keys %d %d %d, publish %d, mappings %d\n", route, tenant, again, failed, mappings());
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(mappings());
    int status = 0;
    waitpid(child, &status, 0);
    printf("mappings in a forked child: %d\n", WEXITSTATUS(status));
    return 0;
}
