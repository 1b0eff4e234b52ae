package io.stackhouse.agent.jvm;

import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.symbol.Frame;
import io.stackhouse.agent.symbol.FrameList;
import io.stackhouse.agent.symbol.RuntimeFrames;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Frames of Java code: compiled (with what was inlined), interpreted, and the JVM's own stubs.
 *
 * <p>Threads: that of the symbolizer. Reads the target's memory when a stack is new, in small pieces of which at most so many per stack; nothing stays open. A
 * compiled method is told by its compile id, an interpreted one by a number over its names and places: where those have changed since the sample, the
 * frame stays without a name. Bounded by {@link JvmConfig}.
 */
public final class JvmFrames implements RuntimeFrames {
    private static final int MAX_BLOCKS_PER_STACK = 8192;
    private static final int MAX_STUB_NAME = 64;
    /** Of blobs and methods; an address behind one that a signal interrupted is off by one. */
    private static final long ALIGNMENT = 8;

    private static final int MAX_STUBS = 1024;

    private final JvmTable jvms;
    private final JvmCounters counters;
    private final TargetMemory memory = new TargetMemory();
    private final Scopes scopes = new Scopes();
    private final RecentlyUsed<Place, Frame[]> places;
    private final RecentlyUsed<MethodKey, JavaMethod> methods;
    private final Map<String, Frame> stubs = new HashMap<>();
    private JvmTable.@Nullable Entry current;

    /** A place in compiled code; {@code id} is the JVM's number here. */
    private record Place(long id, long pc, long cookie, boolean isExact) {}

    private record MethodKey(long id, long method, int cookie) {}

    JvmFrames(JvmConfig config, JvmTable jvms, JvmCounters counters) {
        this.jvms = jvms;
        this.counters = counters;
        places = new RecentlyUsed<>(config.maxPlaces());
        methods = new RecentlyUsed<>(config.maxMethods());
    }

    /**
     * The frames of all JVMs on this host.
     *
     * @param hotspots the BPF program's map of JVMs, which stays the caller's
     */
    public static JvmFrames of(JvmConfig config, BpfMap hotspots) {
        JvmCounters counters = new JvmCounters();
        JvmTable jvms = new JvmTable(config.maxJvms(), counters, new HotspotMap(hotspots), System::nanoTime);
        return new JvmFrames(config, jvms, counters);
    }

    public JvmCounters counters() {
        return counters;
    }

    @Override
    public void prepare(TracedProcess process) {
        current = jvms.find(process, memory);
        if (current != null) {
            memory.attach(current.source(), MAX_BLOCKS_PER_STACK);
        }
    }

    @Override
    public boolean add(TracedProcess process, RuntimeFrame frame, FrameList into) {
        JvmTable.Entry entry = current;
        Jvm jvm = entry == null ? null : entry.jvm();
        if (entry == null || jvm == null) {
            return false;
        }
        counters.frames.incrementAndGet();
        try {
            if (frame.type() == HotspotLayout.COMPILED) {
                return addCompiled(entry.id(), jvm.layout(), frame, into);
            }
            into.add(
                    frame.type() == HotspotLayout.INTERPRETED
                            ? interpreted(entry.id(), jvm.layout(), frame)
                            : stub(jvm, frame.address()));
            return true;
        } catch (TargetReadException e) {
            counters.unnamedFrames.incrementAndGet();
            return false;
        }
    }

    private boolean addCompiled(long id, JvmLayout layout, RuntimeFrame frame, FrameList into)
            throws TargetReadException {
        Place place = new Place(id, frame.address(), frame.cookie(), frame.isExact());
        Frame[] known = places.get(place);
        if (known == null) {
            known = compiled(id, layout, frame);
            places.put(place, known);
        }
        for (Frame each : known) {
            into.add(each);
        }
        counters.inlinedFrames.addAndGet(known.length - 1L);
        return true;
    }

    private Frame[] compiled(long id, JvmLayout layout, RuntimeFrame frame) throws TargetReadException {
        long nmethod = (frame.address() - (frame.cookie() >>> 32)) & -ALIGNMENT;
        if (memory.i32(nmethod + layout.compileId) != (int) frame.cookie()) {
            counters.replacedMethods.incrementAndGet();
            throw new TargetReadException("another compiled method lies there now");
        }
        scopes.read(memory, layout, nmethod, frame.address(), !frame.isExact());
        if (scopes.depth() == 0) {
            scopes.readMethod(memory, layout, nmethod);
        }
        Frame[] frames = new Frame[scopes.depth()];
        for (int i = 0; i < frames.length; i++) {
            long method = scopes.method(i);
            frames[i] = method(id, layout, method, JavaMethod.cookie(memory, layout, method))
                    .frame(scopes.bci(i));
        }
        return frames;
    }

    private Frame interpreted(long id, JvmLayout layout, RuntimeFrame frame) throws TargetReadException {
        int cookie = (int) (frame.cookie() >>> 32);
        int bci = (int) frame.cookie() & 0xffff;
        long address = frame.address() & -ALIGNMENT;
        if (JavaMethod.cookie(memory, layout, address) != cookie) {
            counters.replacedMethods.incrementAndGet();
            throw new TargetReadException("another method lies there now");
        }
        return method(id, layout, address, cookie).frame(bci == HotspotLayout.NO_BCI ? -1 : bci);
    }

    private JavaMethod method(long id, JvmLayout layout, long address, int cookie) throws TargetReadException {
        MethodKey key = new MethodKey(id, address, cookie);
        JavaMethod known = methods.get(key);
        if (known == null) {
            known = JavaMethod.read(memory, layout, address);
            counters.methodsRead.incrementAndGet();
            methods.put(key, known);
        }
        return known;
    }

    private Frame stub(Jvm jvm, long pc) throws TargetReadException {
        if (pc == jvm.callStubReturn()) {
            return stubFrame("call_stub");
        }
        long blob = jvm.blobOf(memory, pc - 1);
        if (blob == 0) {
            throw new TargetReadException("no code lies there now");
        }
        String name = memory.cString(memory.pointer(blob + jvm.layout().blobName), MAX_STUB_NAME);
        int number = name.indexOf(" (");
        return stubFrame(number > 0 ? name.substring(0, number) : name);
    }

    private Frame stubFrame(String name) {
        if (stubs.size() >= MAX_STUBS) {
            stubs.clear();
        }
        return stubs.computeIfAbsent(name, n -> Frame.ofJava(n, n, null, 0));
    }
}
