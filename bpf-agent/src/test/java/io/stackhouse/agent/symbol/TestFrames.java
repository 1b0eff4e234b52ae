package io.stackhouse.agent.symbol;

/** Frames for tests of what works with them. */
public final class TestFrames {
    public static Module module(String fileName, String buildId, String htlHash) {
        return new Module(fileName, 0x1000, 0x9000, 0x200, buildId, htlHash);
    }

    public static Frame named(Module module, long address, String function) {
        return new Frame(FrameType.NATIVE, module, address, new Frame.Name(function, function, null, 0));
    }

    public static Frame kernel(long address, String function) {
        return new Frame(FrameType.KERNEL, null, address, new Frame.Name(function, function, null, 0));
    }

    public static Frame unnamed(Module module, long address) {
        return new Frame(FrameType.NATIVE, module, address, Frame.Name.NONE);
    }

    private TestFrames() {}
}
