package io.stackhouse.collector;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, by {@code sun.misc.Signal}, which no released module has a promise about: without it there is no reload by signal. */
final class HangUpSignal {
    private static final Logger LOG = LoggerFactory.getLogger(HangUpSignal.class);

    private HangUpSignal() {}

    /**
     * Runs the action at each SIGHUP from now on, on a thread of the JVM's own; the action returns at once. Where whoever started the process
     * had the signal ignored, as nohup does, the JVM leaves it so.
     */
    static void handle(Runnable action) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run = lookup.findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                    .bindTo(action);
            Object listener =
                    MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(run, 0, signal));
            Object hangUp = lookup.findConstructor(signal, MethodType.methodType(void.class, String.class))
                    .invoke("HUP");
            Object before = lookup.findStatic(signal, "handle", MethodType.methodType(handler, signal, handler))
                    .invoke(hangUp, listener);
            if (before == lookup.findStaticGetter(handler, "SIG_IGN", handler).invoke()) {
                LOG.warn("SIGHUP is ignored, as nohup wants it, so it doesn't reload the configuration; "
                        + "set service::reload_interval to have the files watched");
            }
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            LOG.warn("SIGHUP can't be used to reload the configuration: {}", e.toString());
        }
    }
}
