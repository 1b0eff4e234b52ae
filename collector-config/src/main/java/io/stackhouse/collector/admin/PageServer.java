package io.stackhouse.collector.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stackhouse.collector.config.TelemetryConfig;
import io.stackhouse.pipeline.PortTakenException;
import io.stackhouse.receiver.Listening;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves small pages over HTTP/1.1: GET and HEAD alone, exact paths, one request for each connection.
 *
 * <p>Slow clients can't keep others out: a connection lives {@value #LIFE_SECONDS} s at most, whatever trickles in, and takes no thread
 * while it waits; there are at most {@value #MAX_CONNECTIONS}, and one more ends the oldest of them.
 *
 * <p>Threads: {@link #start} and {@link #close} by one; pages are made on the server's own, one at a time.
 */
final class PageServer implements AutoCloseable {
    static final int MAX_CONNECTIONS = 128;
    static final int LIFE_SECONDS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_HEADER_BYTES = 16_384;
    private static final int BACKLOG = 128;
    private static final long CLOSE_MILLIS = 2_000;

    private final String name;
    private final TelemetryConfig.Address address;
    private final Map<String, Page> pages;
    private final EventLoopGroup loop;
    private final Channel listening;
    /** The oldest first; of the loop's thread. */
    private final Set<Channel> connections = new LinkedHashSet<>();

    /** What a path answers. */
    @FunctionalInterface
    interface Page {
        Answer answer();
    }

    /** Status, content type and text. */
    record Answer(int status, String contentType, String text) {}

    /**
     * Listens.
     *
     * @throws PortTakenException when it can't
     */
    static PageServer start(String name, TelemetryConfig.Address address, Map<String, Page> pages) {
        try {
            InetAddress host = InetAddress.getAllByName(address.host())[0];
            return new PageServer(name, address, pages, new InetSocketAddress(host, address.port()));
        } catch (IOException e) {
            throw new PortTakenException(
                    "can't listen on " + address.host() + ":" + address.port() + ": " + e.getMessage()
                            + "; set endpoint to another address",
                    address.port(),
                    e);
        }
    }

    private PageServer(
            String name, TelemetryConfig.Address address, Map<String, Page> pages, InetSocketAddress socketAddress)
            throws IOException {
        this.name = name;
        this.address = address;
        this.pages = Map.copyOf(pages);
        this.loop = new MultiThreadIoEventLoopGroup(
                1,
                task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                },
                NioIoHandler.newFactory());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        opened(connection);
                    }
                });
        var bound = bootstrap.bind(socketAddress).awaitUninterruptibly();
        this.listening = bound.channel();
        if (!bound.isSuccess()) {
            close();
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
    }

    private void opened(Channel connection) {
        if (connections.size() >= MAX_CONNECTIONS) {
            Iterator<Channel> oldestFirst = connections.iterator();
            Channel oldest = oldestFirst.next();
            oldestFirst.remove();
            var unused = oldest.close();
        }
        connections.add(connection);
        Runnable closing = () -> {
            var unused = connection.close();
        };
        var end = connection.eventLoop().schedule(closing, LIFE_SECONDS, TimeUnit.SECONDS);
        connection.closeFuture().addListener(unused -> {
            connections.remove(connection);
            end.cancel(false);
        });
        connection
                .pipeline()
                .addLast(new HttpServerCodec(MAX_LINE_BYTES, MAX_HEADER_BYTES, MAX_LINE_BYTES), new Requests());
    }

    int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    Listening.Port listening() {
        return new Listening.Port("http", address.host(), port());
    }

    /** Answers the connection's first request. */
    private final class Requests extends SimpleChannelInboundHandler<HttpObject> {
        private boolean isAnswered;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (!(part instanceof HttpRequest request) || isAnswered) {
                // A body, which no page reads, or another request: the connection ends after the first.
                return;
            }
            isAnswered = true;
            Answer answer = request.decoderResult().isSuccess()
                    ? answer(request)
                    : new Answer(400, "text/plain", "this is no request\n");
            boolean isHead = request.method().equals(HttpMethod.HEAD);
            context.writeAndFlush(response(answer, isHead)).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            // The client went away, or sent what is no HTTP.
            var unused = context.close();
        }
    }

    private static FullHttpResponse response(Answer answer, boolean isHead) {
        byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                isHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers()
                .set("Content-Type", answer.contentType() + "; charset=utf-8")
                .set("Content-Length", body.length)
                .set("Connection", "close")
                .set("Cache-Control", "no-store")
                .set("X-Content-Type-Options", "nosniff")
                .set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
        return response;
    }

    private Answer answer(HttpRequest request) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return new Answer(405, "text/plain", "only GET and HEAD\n");
        }
        try {
            Page page = pages.get(new QueryStringDecoder(request.uri()).path());
            return page == null ? new Answer(404, "text/plain", "no such page\n") : page.answer();
        } catch (RuntimeException e) {
            LOG.error("{} at {}:{} can't make a page", name, address.host(), address.port(), e);
            return new Answer(500, "text/plain", "this page failed; the log says why\n");
        }
    }

    @Override
    public void close() {
        listening.close().awaitUninterruptibly(CLOSE_MILLIS);
        var unused =
                loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MILLIS);
    }
}
