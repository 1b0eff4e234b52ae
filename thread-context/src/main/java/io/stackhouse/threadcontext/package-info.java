/**
 * Publishes which span a Java thread is working for, so that a profiler outside the process can put trace and span on its samples: the thread
 * context of OTEP 4947 and the process context of OTEP 4719. Runs inside applications: Java 8, nothing but OpenTelemetry's API needed.
 *
 * <p>What is not {@code @Nullable} is never null; the build names the package to NullAway, since {@code @NullMarked} can't be compiled for Java 8.
 */
package io.stackhouse.threadcontext;
