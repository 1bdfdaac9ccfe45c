package io.github.happychat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on this machine that writes down what it is asked, and answers what was agreed. */
final class Server implements AutoCloseable {
    record Answer(int status, String body) {
    }

    final String home;
    /** Method, path under /api/v1, cookie, content. */
    final List<String> asked = new CopyOnWriteArrayList<>();
    /** By method and path. */
    final Map<String, Answer> answers = new ConcurrentHashMap<>();
    /** Done before an answer is given. */
    volatile Runnable meanwhile = () -> { };
    private final HttpServer server;

    Server() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/", exchange -> {
            String what = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath().substring("/api/v1".length());
            String content = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(what + " " + exchange.getRequestHeaders().getFirst("Cookie") + " " + content);
            meanwhile.run();
            Answer answer = answers.getOrDefault(what, new Answer(204, ""));
            byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.setExecutor(java.util.concurrent.Executors.newCachedThreadPool(job -> {
            Thread thread = new Thread(job);
            thread.setDaemon(true);
            return thread;
        }));
        server.start();
        home = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
