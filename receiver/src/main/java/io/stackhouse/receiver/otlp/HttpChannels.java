package io.stackhouse.receiver.otlp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sets up the connections of the HTTP port, or closes those that are too many. With TLS the protocol is chosen by ALPN,
 * {@code h2} or else HTTP/1.1; without it by the first bytes. A request to upgrade to h2c is not followed: it is answered as the
 * HTTP/1.1 request that it is. Event loops.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails leaves nothing to do
final class HttpChannels extends ChannelInitializer<SocketChannel> {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final HttpService service;
    private final ChannelGroup connections;
    private final ConnectionLimit limit;
    private final @Nullable Supplier<SslContext> tls;

    /**
     * Makes one.
     *
     * @param connections gets every connection
     * @param tls asked for each connection; it must offer {@code h2} and {@code http/1.1} by ALPN; null for none
     */
    HttpChannels(HttpService service, ChannelGroup connections, @Nullable Supplier<SslContext> tls) {
        this.service = service;
        this.connections = connections;
        this.limit = new ConnectionLimit(
                service.config().maxConnections(), service.config().maxConnectionsPerPeer());
        this.tls = tls;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        InetSocketAddress remote = channel.remoteAddress();
        if (remote == null) { // it has gone already
            channel.close();
            return;
        }
        InetAddress peer = remote.getAddress();
        HttpLimit reached = limit.open(peer);
        if (reached != null) {
            service.metrics().stopped(reached);
            // A reset leaves nothing behind on this side.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
            return;
        }
        service.metrics().opened();
        channel.closeFuture().addListener(closed -> {
            limit.close(peer);
            service.metrics().closed();
        });
        connections.add(channel);
        Deadline deadline = new Deadline(channel.eventLoop());
        deadline.set(service.config().readHeaderTimeout().toNanos(), () -> {
            service.metrics().stopped(HttpLimit.READ_HEADER_TIMEOUT);
            channel.close();
        });
        channel.closeFuture().addListener(closed -> deadline.cancel());
        channel.pipeline().addLast(new WriteDeadline(service));
        Supplier<SslContext> contexts = tls;
        if (contexts == null) {
            channel.pipeline().addLast(new HttpVersionChoice(this, deadline));
        } else {
            SslHandler handler = contexts.get().newHandler(channel.alloc());
            handler.setHandshakeTimeoutMillis(0); // the deadline covers it
            channel.pipeline().addLast(handler, new AlpnChoice(deadline));
        }
    }

    void addHttp1(ChannelPipeline pipeline, Deadline deadline) {
        int maxHeaderBytes = (int) service.config().maxHeaderSize().bytes();
        pipeline.addLast(
                new HttpRequestDecoder(new HttpDecoderConfig()
                        .setMaxInitialLineLength(maxHeaderBytes)
                        .setMaxHeaderSize(maxHeaderBytes)
                        .setMaxChunkSize(CHUNK_BYTES)
                        .setStrictLineParsing(true)
                        .setUseRfc9112TransferEncoding(true)),
                new HttpResponseEncoder(),
                new Http1Connection(service, deadline));
    }

    void addHttp2(ChannelPipeline pipeline, Deadline deadline) {
        pipeline.addLast(
                Http2Codec.of(service, pipeline.channel(), deadline),
                new Http2MultiplexHandler(new ChannelInitializer<Http2StreamChannel>() {
                    @Override
                    protected void initChannel(Http2StreamChannel stream) {
                        stream.pipeline()
                                .addLast(new Http2StreamFrameToHttpObjectCodec(true), new Http2Request(service));
                    }
                }),
                new HttpConnectionEnd());
    }

    /** Sets up what client and server have agreed on. */
    private final class AlpnChoice extends ApplicationProtocolNegotiationHandler {
        private final Deadline deadline;

        AlpnChoice(Deadline deadline) {
            super(ApplicationProtocolNames.HTTP_1_1);
            this.deadline = deadline;
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext context, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                addHttp2(context.pipeline(), deadline);
            } else {
                addHttp1(context.pipeline(), deadline);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (event == HttpListener.DRAIN) {
                context.close();
            } else {
                super.userEventTriggered(context, event);
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
