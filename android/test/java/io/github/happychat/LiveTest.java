package io.github.happychat;

import static io.github.happychat.Run.same;
import static io.github.happychat.Run.yes;

import android.content.Context;
import android.content.ContextWrapper;
import android.content.Intent;
import com.sun.net.httpserver.HttpServer;
import fake.Fakes;
import fake.Phone;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** The app and the server itself: it calls what the app registered, and the app understands what it answers then. */
public final class LiveTest {
    private static final String PASSWORD = "a quiet harbour";
    private final HttpClient http = HttpClient.newHttpClient();
    private File data;
    private Process process;
    private String home;

    private ProcessBuilder program(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(Run.file("program").getPath()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("HAPPYCHAT_DATA", data.getPath(), "HAPPYCHAT_LISTEN", home.substring("http://".length()),
                "HAPPYCHAT_ROBOT", "off", "HAPPYCHAT_PUSH_HOSTS", "127.0.0.1"));
        return builder;
    }

    private void start() throws Exception {
        data = Files.createTempDirectory("happychat-live").toFile();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            home = "http://127.0.0.1:" + free.getLocalPort();
        }
        process = program("serve").redirectOutput(new File(data, "log")).start();
        for (int i = 0; ; i++) {
            try {
                if (http.send(HttpRequest.newBuilder(URI.create(home + "/readyz")).build(), HttpResponse.BodyHandlers.discarding()).statusCode() == 200) return;
            } catch (java.io.IOException e) {
                yes(process.isAlive() && i < 600, "the server did not start: " + new String(Files.readAllBytes(new File(data, "log").toPath())));
            }
            Thread.sleep(50);
        }
    }

    private void person(String name) throws Exception {
        for (String[] what : new String[][] {{"user", "create", name, name + "@example.org"}, {"user", "password", name}}) {
            Process done = program(what).start();
            try (var out = done.getOutputStream()) {
                out.write((PASSWORD + "\n").getBytes());
            }
            String said = new String(done.getInputStream().readAllBytes());
            same(0, done.waitFor());
            yes(!said.isEmpty(), said);
        }
    }

    private HttpResponse<String> ask(String token, String method, String path, String json) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(home + "/api/v1" + path)).header("Content-Type", "application/json")
                .method(method, json == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json));
        if (token != null) request.header("Authorization", "Bearer " + token);
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        yes(response.statusCode() / 100 == 2, method + " " + path + ": " + response.statusCode() + " " + response.body());
        return response;
    }

    private static Object in(HttpResponse<String> response, String... path) {
        Object value = JsonText.read(response.body());
        for (String name : path) value = value instanceof List<?> list ? list.get(Integer.parseInt(name)) : ((Map<?, ?>) value).get(name);
        return value;
    }

    private HttpResponse<String> signIn(String name, String more) throws Exception {
        return ask(null, "POST", "/sessions", "{\"login\":\"" + name + "\",\"password\":\"" + PASSWORD + "\"" + more + "}");
    }

    private static void until(java.util.concurrent.Callable<Boolean> right, Object what) throws Exception {
        for (int i = 0; i < 600; i++) {
            if (right.call()) return;
            Thread.sleep(50);
        }
        throw new AssertionError(what);
    }

    public void theServerCallsAndIsAsked() throws Exception {
        if (!Run.file("program").exists()) return;
        try {
            start();
            callsAndIsAsked();
        } finally {
            stop();
        }
    }

    private void callsAndIsAsked() throws Exception {
        person("ann");
        person("bea");
        HttpResponse<String> ann = signIn("ann", ",\"remember\":true");
        String annId = (String) in(ann, "account", "id");
        String annToo = (String) in(signIn("ann", ",\"use\":\"bearer\""), "token");
        String bea = (String) in(signIn("bea", ",\"use\":\"bearer\""), "token");
        ask(annToo, "POST", "/friend-requests/" + in(ask(bea, "POST", "/friend-requests", "{\"accountId\":\"" + annId + "\"}"), "id") + "/accept", "{}");
        String direct = (String) in(ask(bea, "POST", "/conversations", "{\"accountId\":\"" + annId + "\"}"), "conversationId");
        String group = (String) in(ask(bea, "POST", "/conversations", "{\"group\":{\"name\":\"家\",\"members\":[\"" + annId + "\"]}}"), "conversationId");

        Run.restarted();
        Phone phone = new Phone(Run.file("app"), Run.file("assets"), "zh", R.class);
        phone.distributors.add("org.ntfy");
        phone.permissions.add(Notices.POST);
        phone.preferences.put("server", home);
        phone.cookies.put(home + "/", ann.headers().firstValue("Set-Cookie").get().split(";")[0]);
        Context context = new ContextWrapper(null);
        Push push = new Push(context);
        push.on((String) in(ask(null, "GET", "/server", null), "push", "publicKey"));
        Object token = context.getSharedPreferences("push", Context.MODE_PRIVATE).getAll().get("token");
        // A push service with its distributor: what is sent there is in the phone at once.
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", exchange -> {
            byte[] message = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
            receive(context, "MESSAGE", token, "bytesMessage", message);
        });
        service.start();
        receive(context, "NEW_ENDPOINT", token, "endpoint", "http://127.0.0.1:" + service.getAddress().getPort() + "/up?1");
        until(() -> push.state().contains("\"on\""), push.state());

        send(bea, direct, "hello 你好");
        until(() -> ("bea: hello 你好").equals(phone.shown.get(direct)), phone.shown);
        // Read on another device: the next call takes it away.
        ask(annToo, "PUT", "/conversations/" + direct + "/read", "{\"seq\":1}");
        send(bea, group, "吃饭了");
        until(() -> ("家: bea：吃饭了").equals(phone.shown.get(group)) && !phone.shown.containsKey(direct), phone.shown);
        push.off();
        same("{}", phone.shown.toString());
        service.stop(0);
    }

    private static void receive(Context context, String action, Object token, String name, Object value) {
        Intent intent = new Intent("org.unifiedpush.android.connector." + action);
        Fakes.of(intent).putAll(Map.of("extra token", token, "extra " + name, value));
        new PushReceiver().onReceive(context, intent);
    }

    private void send(String token, String conversation, String body) throws Exception {
        ask(token, "POST", "/conversations/" + conversation + "/messages", "{\"clientId\":\"" + java.util.UUID.randomUUID() + "\",\"body\":\"" + body + "\"}");
    }

    private void stop() throws Exception {
        if (process != null) process.destroyForcibly().waitFor();
        try (var files = Files.walk(data.toPath())) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }
}
