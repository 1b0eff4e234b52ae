/* SPDX-License-Identifier: Apache-2.0 */
/* The binding: native methods of io.stackhouse.threadcontext.Native. Each class loader has a copy of its own; all use one core. */
#define _GNU_SOURCE
#include "context.h"

#include <dlfcn.h>
#include <errno.h>
#include <jni.h>
#include <stdlib.h>

#define METHOD(type, name) JNIEXPORT type JNICALL Java_io_stackhouse_threadcontext_Native_##name

static const struct core *core;

/* Loads the core, for the process's whole life: its address, or 0. */
METHOD(jlong, load)(JNIEnv *env, jclass class, jstring path)
{
    (void)class;
    const char *name = (*env)->GetStringUTFChars(env, path, NULL);
    if (!name)
        return 0;
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    (*env)->ReleaseStringUTFChars(env, path, name);
    return library ? (jlong)(uintptr_t)dlsym(library, "stackhouse_context_core") : 0;
}

/* Uses the core at the address, if one is there: the property that it came from may hold anything. */
METHOD(jboolean, use)(JNIEnv *env, jclass class, jlong address)
{
    (void)env;
    (void)class;
    Dl_info info;
    const struct core *candidate = (const struct core *)(uintptr_t)address;
    if (!candidate || address % (jlong) _Alignof(struct core) || !dladdr(candidate, &info) || info.dli_saddr != candidate
        || candidate->magic != CORE_MAGIC)
        return JNI_FALSE;
    core = candidate;
    return JNI_TRUE;
}

static jobject buffer_over(JNIEnv *env, struct record *record)
{
    return record ? (*env)->NewDirectByteBuffer(env, record, RECORD_SIZE) : NULL;
}

METHOD(jobject, record)(JNIEnv *env, jclass class)
{
    (void)class;
    return core ? buffer_over(env, core->record()) : NULL;
}

METHOD(jobject, published)(JNIEnv *env, jclass class)
{
    (void)class;
    return core ? buffer_over(env, core->published()) : NULL;
}

METHOD(jint, key)(JNIEnv *env, jclass class, jbyteArray name)
{
    (void)class;
    jsize size = (*env)->GetArrayLength(env, name);
    char bytes[MAX_KEY_BYTES];
    if (!core || size > MAX_KEY_BYTES)
        return -1;
    (*env)->GetByteArrayRegion(env, name, 0, size, (jbyte *)bytes);
    return core->key(bytes, (size_t)size);
}

METHOD(jint, publish)(JNIEnv *env, jclass class, jbyteArray resource)
{
    (void)class;
    if (!core)
        return -ENOENT;
    jsize size = (*env)->GetArrayLength(env, resource);
    jbyte *bytes = (*env)->GetByteArrayElements(env, resource, NULL);
    if (!bytes)
        return -ENOMEM;
    int failed = core->publish((const uint8_t *)bytes, (size_t)size);
    (*env)->ReleaseByteArrayElements(env, resource, bytes, JNI_ABORT);
    return failed;
}
