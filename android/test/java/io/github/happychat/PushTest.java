package io.github.happychat;

import static io.github.happychat.Run.same;
import static io.github.happychat.Run.yes;

import android.app.Activity;
import android.app.PendingIntent;
import android.content.Context;
import android.content.ContextWrapper;
import android.content.Intent;
import android.os.Bundle;
import fake.Fakes;
import fake.Phone;
import io.github.happychat.unifiedpush.Keys;
import java.util.Base64;
import java.util.List;

/** Being called: registration with a distributor, what it says, and what others say in its name. */
public final class PushTest {
    private static final String CONNECTOR = "org.unifiedpush.android.connector.";
    private static final String DISTRIBUTOR = "org.unifiedpush.android.distributor.";
    private static final String VAPID = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    private static final String ENDPOINT = "https://push.example.net/up?topic=x1&y=\"";
    private Phone phone;
    private Server server;
    private Context context;
    private Push push;

    private void begin(String... distributors) throws Exception {
        Run.restarted();
        phone = new Phone(Run.file("app"), Run.file("assets"), "", R.class);
        phone.distributors.addAll(List.of(distributors));
        phone.permissions.add(Notices.POST);
        server = new Server();
        phone.preferences.put("server", server.home);
        phone.cookies.put(server.home + "/", "session=abc");
        context = new ContextWrapper(null);
        push = new Push(context);
    }

    /** The broadcasts of this name that were sent. */
    private static List<Intent> sent(String name) {
        return Fakes.calls("ContextWrapper.sendBroadcast").stream().map(call -> (Intent) call.arguments[0])
                .filter(intent -> intent.getAction().equals(DISTRIBUTOR + name)).toList();
    }

    private static Intent lastSent(String name) {
        List<Intent> all = sent(name);
        if (all.isEmpty()) throw new AssertionError("no " + name);
        return all.get(all.size() - 1);
    }

    private static Object extra(Intent intent, String name) {
        return Fakes.of(intent).get("extra " + name);
    }

    private static String token() {
        return (String) extra(lastSent("REGISTER"), "token");
    }

    /** What anybody on the phone can do. */
    private void receive(String action, Object... extras) {
        Intent intent = new Intent(CONNECTOR + action);
        for (int i = 0; i < extras.length; i += 2) Fakes.of(intent).put("extra " + extras[i], extras[i + 1]);
        new PushReceiver().onReceive(context, intent);
    }

    /** What the page would be told. */
    private String state() {
        return push.state().replaceAll("^\\{\"state\":\"|\".*$", "");
    }

    /** Waits for what the server is told. */
    private void told(String start) throws Exception {
        for (int i = 0; i < 3000; i++) {
            if (!server.asked.isEmpty() && server.asked.get(server.asked.size() - 1).startsWith(start) && !state().equals("waiting")) return;
            Thread.sleep(10);
        }
        throw new AssertionError("wanted " + start + ", was asked " + server.asked + ", is " + state());
    }

    private void registered() throws Exception {
        push.on(VAPID);
        receive("NEW_ENDPOINT", "token", token(), "endpoint", "https://push.example.net/1");
        told("PUT /sessions/current/push");
        same("on", state());
    }

    public void theOnlyOneIsRegisteredWithAndTheServerTold() throws Exception {
        begin("org.ntfy");
        same("{\"state\":\"off\",\"several\":false}", push.state());
        push.again();
        yes(Fakes.calls("ContextWrapper.sendBroadcast").isEmpty(), "not before it is wanted");
        push.on("no key");
        same("off", state());
        push.on(VAPID);
        same("waiting", state());
        Intent register = lastSent("REGISTER");
        same("org.ntfy", register.getPackage());
        same(VAPID, extra(register, "vapid"));
        same("io.github.happychat", extra(register, "application"));
        yes(token().matches("[0-9a-f-]{36}"), "a token that nobody guesses");
        // Who asks is said by the system: since Android 14 by an option, before by a thing that only we can have made.
        Object[] how = Fakes.last("ContextWrapper.sendBroadcast").arguments;
        same(true, Fakes.of(how[2]).get("shared"));
        PendingIntent identity = (PendingIntent) extra(register, "pi");
        yes(((Integer) Fakes.of(identity).get("flags") & PendingIntent.FLAG_IMMUTABLE) != 0, "nobody may fill it in");

        receive("NEW_ENDPOINT", "token", token(), "endpoint", ENDPOINT.replace("\"", "%22"), "id", "m1");
        told("PUT /sessions/current/push session=abc {\"endpoint\":\"https://push.example.net/up?topic=x1\\u0026y=%22\",\"keys\":{\"p256dh\":\"B");
        same("{\"state\":\"on\",\"via\":\"App org.ntfy\",\"several\":false}", push.state());
        same("m1", extra(lastSent("MESSAGE_ACK"), "id"));
        same("org.ntfy", lastSent("MESSAGE_ACK").getPackage());
        // Whoever comes back finds it as it was; each start asks again, with the same token, and the same answer is not told twice.
        String token = token();
        push.renew();
        same(1, sent("REGISTER").size());
        push.again();
        same(token, token());
        receive("NEW_ENDPOINT", "token", token, "endpoint", ENDPOINT.replace("\"", "%22"));
        same(1, server.asked.size());
        // Another one is.
        receive("NEW_ENDPOINT", "token", token, "endpoint", "https://push.example.net/2");
        told("PUT /sessions/current/push session=abc {\"endpoint\":\"https://push.example.net/2\"");
        same(2, server.asked.size());
        server.close();
    }

    public void olderPhonesSayWhoTheyAreInAnotherWay() throws Exception {
        begin("org.ntfy");
        android.os.Build.VERSION.class.getField("SDK_INT").setInt(null, 33);
        push.on(VAPID);
        same(1, Fakes.last("ContextWrapper.sendBroadcast").arguments.length);
        yes(extra(lastSent("REGISTER"), "pi") != null, "identity");
    }

    public void withoutAnyItIsSaid() throws Exception {
        begin();
        push.on(VAPID);
        same("missing", state());
        yes(Fakes.calls("ContextWrapper.sendBroadcast").isEmpty(), "nobody is asked");
        phone.distributors.add("org.ntfy");
        push.again();
        same("waiting", state());
        // What was removed from the phone is not asked any longer.
        phone.distributors.set(0, "org.other");
        push.renew();
        same("org.other", lastSent("REGISTER").getPackage());
        phone.distributors.clear();
        push.again();
        same("missing", state());
    }

    public void ofSeveralSomebodyChooses() throws Exception {
        begin("org.ntfy", "org.other");
        ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
        chat.opened(server.home + "/");
        chat.pushOn(VAPID);
        same("choose", state());
        yes(sent("REGISTER").isEmpty(), "nobody is asked before that");
        chat.pushChoose();
        Object[] asked = Fakes.last("Activity.startActivityForResult").arguments;
        same("unifiedpush://link", ((Intent) asked[0]).getData().toString());
        Phone.act(chat, "onActivityResult", int.class, PushChooser.LINK, int.class, Activity.RESULT_CANCELED, Intent.class, null);
        same("choose", state());
        // Another app cannot put itself there: it has to be one that passes on calls.
        Fakes.on("PendingIntent.getCreatorPackage", (self, a) -> "org.evil");
        Phone.act(chat, "onActivityResult", int.class, PushChooser.LINK, int.class, Activity.RESULT_OK, Intent.class, chosen());
        yes(sent("REGISTER").isEmpty(), "not that");
        same(List.of("App org.ntfy", "App org.other"), List.of((Object[]) Fakes.last("Builder.setItems").arguments[0]));
        Intent unreadable = new Intent();
        Fakes.on("Intent.getParcelableExtra", (self, a) -> {
            if (self == unreadable) throw new IllegalStateException("made so");
            return Fakes.of(self).get("extra " + a[0]);
        });
        Phone.act(chat, "onActivityResult", int.class, PushChooser.LINK, int.class, Activity.RESULT_OK, Intent.class, unreadable);
        Fakes.on("PendingIntent.getCreatorPackage", (self, a) -> "org.other");
        Phone.act(chat, "onActivityResult", int.class, PushChooser.LINK, int.class, Activity.RESULT_OK, Intent.class, chosen());
        same("org.other", lastSent("REGISTER").getPackage());
        same("{\"state\":\"waiting\",\"via\":\"App org.other\",\"several\":true}", push.state());
        String first = token();

        // Later the app asks itself: Android would give the same answer for ever.
        int before = Fakes.calls("Activity.startActivityForResult").size();
        chat.pushChoose();
        same(before, Fakes.calls("Activity.startActivityForResult").size());
        var list = (android.content.DialogInterface.OnClickListener) Fakes.last("Builder.setItems").arguments[1];
        list.onClick(null, 0);
        same(first, extra(lastSent("UNREGISTER"), "token"));
        same("org.other", lastSent("UNREGISTER").getPackage());
        same("org.ntfy", lastSent("REGISTER").getPackage());
        yes(!token().equals(first), "another registration, another token");
    }

    private static Intent chosen() {
        Intent chosen = new Intent();
        Fakes.of(chosen).put("extra pi", new PendingIntent());
        return chosen;
    }

    /** Distributors of before AND_3 have nothing that Android could open. */
    public void ofSeveralOldOnesTheAppAsks() throws Exception {
        begin("org.ntfy", "org.other");
        ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
        chat.pushOn(VAPID);
        Fakes.on("Activity.startActivityForResult", (self, a) -> {
            throw new android.content.ActivityNotFoundException();
        });
        chat.pushChoose();
        same(R.string.push_choose, Fakes.last("Builder.setTitle").arguments[0]);
        ((android.content.DialogInterface.OnClickListener) Fakes.last("Builder.setItems").arguments[1]).onClick(null, 1);
        same("org.other", lastSent("REGISTER").getPackage());
    }

    public void whatGoesWrongIsToldToThePage() throws Exception {
        begin("org.ntfy");
        ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
        chat.opened(server.home + "/");
        Phone.act(chat, "onStart");
        for (String[] each : new String[][] {{"NETWORK", "network"}, {"ACTION_REQUIRED", "action"}, {"INTERNAL_ERROR", "internal"},
                {"VAPID_REQUIRED", "internal"}, {null, "internal"}}) {
            chat.pushOn(VAPID);
            String token = token();
            receive("REGISTRATION_FAILED", "token", token, "reason", each[0]);
            same("{\"state\":\"failed\",\"reason\":\"" + each[1] + "\",\"via\":\"App org.ntfy\",\"several\":false}", push.state());
            Fakes.mainThread();
            same("window.happychat?.told(\"push\")", Fakes.last("WebView.evaluateJavascript").arguments[0]);
            push.again();
            yes(!token.equals(token()), "a token that failed is not used again");
        }
        // The server does not take it, or cannot be reached; the next start tries again.
        server.answers.put("PUT /sessions/current/push", new Server.Answer(422, "{}"));
        receive("NEW_ENDPOINT", "token", token(), "endpoint", "https://push.example.net/1");
        told("PUT");
        yes(push.state().contains("\"refused\""), push.state());
        server.answers.put("PUT /sessions/current/push", new Server.Answer(503, "{}"));
        receive("NEW_ENDPOINT", "token", token(), "endpoint", "https://push.example.net/1");
        told("PUT");
        yes(push.state().contains("\"server\""), push.state());
        server.answers.clear();
        push.again();
        receive("NEW_ENDPOINT", "token", token(), "endpoint", "https://push.example.net/1");
        told("PUT");
        same("on", state());
        // What was sent before it succeeded says nothing any longer.
        receive("REGISTRATION_FAILED", "token", token(), "reason", "NETWORK");
        same("on", state());
        receive("TEMP_UNAVAILABLE", "token", token());
        yes(push.state().contains("\"network\""), push.state());
        receive("NEW_ENDPOINT", "token", token(), "endpoint", "https://push.example.net/1");
        same("on", state());
        server.close();
    }

    public void theDistributorEndsIt() throws Exception {
        begin("org.ntfy", "org.other");
        push.on(VAPID);
        push.use("org.ntfy");
        receive("NEW_ENDPOINT", "token", token(), "endpoint", "https://push.example.net/1");
        told("PUT");
        String token = token();
        receive("UNREGISTERED", "token", token);
        told("DELETE /sessions/current/push session=abc");
        same("failed", state());
        int before = server.asked.size();
        receive("NEW_ENDPOINT", "token", token, "endpoint", "https://push.example.net/1");
        same(before, server.asked.size());
        // It may name who stands in, of those that are there.
        push.again();
        receive("UNREGISTERED", "token", token(), "useDistributor", "org.evil");
        same("org.ntfy", lastSent("REGISTER").getPackage());
        push.again();
        receive("UNREGISTERED", "token", token(), "useDistributor", "org.other");
        same("org.other", lastSent("REGISTER").getPackage());
        server.close();
    }

    public void signingOutEndsIt() throws Exception {
        begin("org.ntfy");
        registered();
        String token = token();
        phone.shown.put("7", "Lin: hello");
        push.off();
        same("off", state());
        same(token, extra(lastSent("UNREGISTER"), "token"));
        told("DELETE /sessions/current/push session=abc");
        yes(phone.shown.isEmpty(), "what was told is taken away");
        int before = server.asked.size();
        receive("NEW_ENDPOINT", "token", token, "endpoint", "https://push.example.net/1");
        receive("MESSAGE", "token", token, "bytesMessage", new byte[200]);
        same(before, server.asked.size());
        push.off();
        same(1, sent("UNREGISTER").size());
        // Whoever signs in next has other keys and another token.
        push.on(VAPID);
        yes(!token.equals(token()), "another token");
        server.close();
    }

    public void anotherServerIsAnotherMatter() throws Exception {
        begin("org.ntfy");
        registered();
        String token = token();
        try (Server next = new Server()) {
            next.answers.put("GET /server", new Server.Answer(200, "{\"registration\":\"open\",\"signedIn\":false,\"limits\":{}}"));
            AddressActivity asking = phone.open(AddressActivity.class, new Intent(), null);
            Phone.write(asking, "address", next.home);
            Phone.press(asking, "next");
            Phone.press(asking, "next");
            for (int i = 0; i < 100 && !next.home.equals(phone.preferences.get("server")); i++) Fakes.mainThread();
            same(token, extra(lastSent("UNREGISTER"), "token"));
            told("DELETE /sessions/current/push session=abc");
            same("off", state());
        }
        server.close();
    }

    public void aSessionThatIsOverEndsIt() throws Exception {
        begin("org.ntfy");
        server.answers.put("PUT /sessions/current/push", new Server.Answer(401, "{}"));
        push.on(VAPID);
        receive("NEW_ENDPOINT", "token", token(), "endpoint", "https://push.example.net/1");
        for (int i = 0; i < 3000 && !state().equals("off"); i++) Thread.sleep(10);
        same("off", state());
        same(1, sent("UNREGISTER").size());
        server.close();
    }

    /** Every app on the phone can send what a distributor sends. Without the token nothing comes of it. */
    public void aHostileAppAchievesNothing() throws Exception {
        begin("org.ntfy");
        receive("MESSAGE", "token", "", "bytesMessage", new byte[200]);
        registered();
        int broadcasts = Fakes.calls("ContextWrapper.sendBroadcast").size();
        int asked = server.asked.size();
        String state = push.state();
        String token = token();
        for (String wrong : new String[] {null, "", "x", token.toUpperCase(java.util.Locale.ROOT), token + "x", token.substring(1), "é".repeat(36), "x".repeat(2000)}) {
            if (token.equals(wrong)) continue;
            receive("NEW_ENDPOINT", "token", wrong, "endpoint", "https://evil.example/");
            receive("REGISTRATION_FAILED", "token", wrong, "reason", "NETWORK");
            receive("UNREGISTERED", "token", wrong, "useDistributor", "org.evil");
            receive("TEMP_UNAVAILABLE", "token", wrong);
            receive("MESSAGE", "token", wrong, "bytesMessage", new byte[200], "id", "1");
        }
        // And with it, only what the specification allows.
        for (String wrong : new String[] {null, "", "push", "ftp://push.example.net/", "file:///data", "javascript:1", "https://", "https://u:p@push.example.net/",
                "https://push.example.net/\nx", "https://push.example.net/" + "x".repeat(1000)}) {
            receive("NEW_ENDPOINT", "token", token, "endpoint", wrong);
        }
        receive("MESSAGE", "token", token);
        receive("MESSAGE", "token", token, "bytesMessage", new byte[0]);
        receive("MESSAGE", "token", token, "bytesMessage", new byte[5000]);
        receive("NEW_ENDPOINT", "token", token, "endpoint", "https://push.example.net/1", "id", "x".repeat(101));
        receive("SOMETHING", "token", token);
        new PushReceiver().onReceive(context, new Intent());
        new PushReceiver().onReceive(context, new Intent("android.intent.action.BOOT_COMPLETED"));
        Fakes.on("Intent.getStringExtra", (self, a) -> {
            throw new IllegalStateException("made so");
        });
        receive("MESSAGE", "token", token);
        same(broadcasts, Fakes.calls("ContextWrapper.sendBroadcast").size());
        same(asked, server.asked.size());
        same(state, push.state());
        yes(phone.shown.isEmpty() && Fakes.calls("BroadcastReceiver.goAsync").size() == 1, "nothing happened");
        server.close();
    }

    // What is encrypted for us.

    private static byte[] base64(String text) {
        return Base64.getUrlDecoder().decode(text);
    }

    /** RFC 8291, section 5 and appendix A. */
    public void theExampleOfTheSpecificationIsRead() throws Exception {
        begin("org.ntfy");
        var parameters = java.security.AlgorithmParameters.getInstance("EC");
        parameters.init(new java.security.spec.ECGenParameterSpec("secp256r1"));
        var secret = java.security.KeyFactory.getInstance("EC").generatePrivate(new java.security.spec.ECPrivateKeySpec(
                new java.math.BigInteger(1, base64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")), parameters.getParameterSpec(java.security.spec.ECParameterSpec.class)));
        Keys keys = Keys.kept(Base64.getUrlEncoder().encodeToString(secret.getEncoded()),
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg");
        byte[] message = base64("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
        same("When I grow up, I want to be a watermelon", new String(keys.decrypt(message), "UTF-8"));
        // Any bit of it matters: salt, sizes, the sender's key, the text.
        for (int i = 0; i < message.length; i++) {
            if (i >= 16 && i < 20) continue; // The size of records only has to be large enough.
            byte[] other = message.clone();
            other[i] ^= 1;
            same(null, keys.decrypt(other));
        }
        for (int length = 0; length < message.length; length++) same(null, keys.decrypt(java.util.Arrays.copyOf(message, length)));
        byte[] small = message.clone();
        small[18] = 0;
        small[19] = 20;
        same(null, keys.decrypt(small));
        same(null, Keys.make().decrypt(message));
        same(null, Keys.kept("AAAA", "AAAA", "AAAA"));
        same(null, Keys.kept(null, null, null));
    }

    public void keysAreMadeOnThePhoneAndKept() throws Exception {
        begin("org.ntfy");
        for (int i = 0; i < 20; i++) {
            Keys made = Keys.make();
            same(65, base64(made.p256dh).length);
            same(16, base64(made.auth).length);
            Keys kept = Keys.kept(made.secret(), made.p256dh, made.auth);
            same("{}", new String(kept.decrypt(Sender.encrypt(made.p256dh, made.auth, "{}", 40)), "UTF-8"));
            // A record that says that others follow, and one that does not end.
            same(null, kept.decrypt(Sender.seal(made.p256dh, made.auth, new byte[] {'{', '}', 1, 0})));
            same(null, kept.decrypt(Sender.seal(made.p256dh, made.auth, new byte[8])));
        }
    }

    public void nothingOfTheRegistrationIsInItsStateForThePage() throws Exception {
        begin("org.ntfy");
        registered();
        yes(!push.state().contains(token()) && !push.state().contains("push.example.net"), push.state());
        Phone.act(phone.open(ChatActivity.class, new Intent(), new Bundle()), "onStop");
        server.close();
    }
}
