package io.stackhouse.agent;

import java.net.InetSocketAddress;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code host:port} and {@code [v6]:port}. */
final class ListenAddressOption implements ITypeConverter<ListenAddressOption.Value> {
    private static final Pattern PORT = Pattern.compile("\\d{1,5}");
    private static final int MAX_PORT = 65_535;

    /**
     * Where to listen.
     *
     * @param isOff true for {@code off}: then nothing else is set
     */
    record Value(boolean isOff, String host, int port) {
        InetSocketAddress address() {
            return new InetSocketAddress(host, port);
        }
    }

    @Override
    public Value convert(String text) {
        if (text.equals("off")) {
            return new Value(true, "", 0);
        }
        int colon = text.lastIndexOf(':');
        String host = colon > 0 ? text.substring(0, colon) : "";
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        String port = text.substring(colon + 1);
        if (host.isEmpty() || !PORT.matcher(port).matches() || Integer.parseInt(port) > MAX_PORT) {
            throw new TypeConversionException("'" + text + "' is no address; write localhost:8889, or off");
        }
        return new Value(false, host, Integer.parseInt(port));
    }
}
