package io.stackhouse.threadcontext;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.ContextStorageProvider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.ServiceLoader;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What is installed in this class loader: once, and never removed, as a context storage's wrapper can't be. Any thread. */
final class Installation {
    private static final Logger LOGGER = Logger.getLogger("io.stackhouse.threadcontext");

    private final Keys keys = new Keys();
    private final AttributeCache cache = new AttributeCache();
    private final OwnAttributes own = new OwnAttributes(cache);
    private boolean isPrepared;
    private boolean hasFailed;
    /** Null until it is known what is to be published: contexts pass through until then. */
    private volatile @Nullable ThreadAttributes attributes;

    private volatile boolean isInPlace;

    /** Puts our storage around OpenTelemetry's, once, without anything published yet. Contexts must not have been used before. */
    synchronized void prepare() {
        if (!isPrepared) {
            isPrepared = true;
            ContextStorage.addWrapper(this::wrap);
        }
    }

    /** See {@link ThreadContextBuilder#install}. */
    synchronized boolean install(Attributes resource, Collection<String> attributeKeys) {
        String failure = NativeLibrary.failure();
        if (failure != null) {
            warnOnce(failure);
            return false;
        }
        List<Key> registered = register(attributeKeys);
        int error = Native.publish(ResourceEncoder.encode(resource));
        if (error != 0) {
            warnOnce("the process context could not be published (errno " + -error + ")");
            return false;
        }
        attributes = ThreadAttributes.ofApplication(registered.toArray(new Key[0]), own, cache);
        prepare();
        return true;
    }

    /** Whether OpenTelemetry keeps its contexts in our storage. */
    boolean isInPlace() {
        return isInPlace;
    }

    private @Nullable ThreadAttributes attributes() {
        return attributes;
    }

    private List<Key> register(Collection<String> names) {
        List<Key> registered = new ArrayList<>();
        for (String name : names) {
            Key key = keys.get(name);
            if (key == null) {
                LOGGER.log(Level.WARNING, "The attribute {0} is not published: the key map has no room for it", name);
            } else {
                registered.add(key);
            }
        }
        return registered;
    }

    private ContextStorage wrap(ContextStorage storage) {
        ContextStorageProvider foreign = foreignProvider();
        if (foreign != null && storage != ContextStorage.defaultStorage()) {
            warnOnce("contexts are kept by " + foreign.getClass().getName() + ", which need not keep them by thread");
            return storage;
        }
        isInPlace = true;
        SpanPublisher publisher = new SpanPublisher(this::attributes, this::failed);
        boolean isByThread = foreign == null && storage == ContextStorage.defaultStorage();
        return isByThread ? new ThreadStorage(publisher) : new PublishingStorage(storage, publisher);
    }

    private static @Nullable ContextStorageProvider foreignProvider() {
        for (ContextStorageProvider provider :
                ServiceLoader.load(ContextStorageProvider.class, ContextStorage.class.getClassLoader())) {
            return provider;
        }
        return null;
    }

    private void failed(RuntimeException e) {
        warnOnce("an attribute or id of a span could not be read (" + e + ")");
    }

    private synchronized void warnOnce(String why) {
        if (!hasFailed) {
            hasFailed = true;
            LOGGER.log(Level.WARNING, "Samples of profilers are not linked with spans: {0}", why);
        }
    }

    /** See {@link ThreadContext#with}. */
    Context with(Context context, String name, String value) {
        Key key = NativeLibrary.failure() == null ? keys.get(name) : null;
        return key == null ? context : own.with(context, key, value);
    }

    /** See {@link ThreadContext#put}. */
    void put(String name, String value) {
        ThreadRecord record = NativeLibrary.failure() == null ? ThreadSlot.record(ThreadSlot.ofCurrentThread()) : null;
        Key key = record == null ? null : keys.get(name);
        if (record != null && key != null) {
            record.show(cache.with(record.attributes(), key.index, value));
        }
    }
}
