package io.github.happychat;

import static io.github.happychat.Run.same;
import static io.github.happychat.Run.yes;

import android.content.Context;
import android.content.ContextWrapper;
import android.content.Intent;
import fake.Fakes;
import fake.Phone;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is told when somebody calls while the app is not in front. */
public final class NewsTest {
    private static final String VAPID = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    /** By the server's clock, which is not the phone's. */
    private static final long NOW = 5_000_000;
    private Phone phone;
    private Server server;
    private Context context;
    private Map<String, ?> kept;
    private int rung;

    private void begin(String language) throws Exception {
        Run.restarted();
        phone = new Phone(Run.file("app"), Run.file("assets"), language, R.class);
        phone.distributors.add("org.ntfy");
        phone.permissions.add(Notices.POST);
        server = new Server();
        phone.preferences.put("server", server.home);
        phone.cookies.put(server.home + "/", "session=abc");
        context = new ContextWrapper(null);
        Push push = new Push(context);
        push.on(VAPID);
        kept = context.getSharedPreferences("push", Context.MODE_PRIVATE).getAll();
        receive("NEW_ENDPOINT", "endpoint", "https://push.example.net/1");
        settle(1);
        server.asked.clear();
        rung = 0;
    }

    private void receive(String action, String name, Object value) {
        Intent intent = new Intent("org.unifiedpush.android.connector." + action);
        Fakes.of(intent).putAll(Map.of("extra token", kept.get("token"), "extra " + name, value));
        new PushReceiver().onReceive(context, intent);
    }

    /** Somebody calls, and all is done that comes of it. */
    private void ring() throws Exception {
        int before = Fakes.calls("BroadcastReceiver.goAsync").size();
        receive("MESSAGE", "bytesMessage", Sender.encrypt((String) kept.get("p256dh"), (String) kept.get("auth"), "{}", 0));
        settle(Fakes.calls("BroadcastReceiver.goAsync").size());
        rung += Fakes.calls("BroadcastReceiver.goAsync").size() - before;
    }

    private static void settle(int finished) throws Exception {
        for (int i = 0; i < 3000 && Fakes.calls("PendingResult.finish").size() < finished; i++) Thread.sleep(10);
        same(finished, Fakes.calls("PendingResult.finish").size());
    }

    private static String account(String id, String name) {
        return "{\"account\":{\"id\":\"" + id + "\",\"username\":\"u\",\"name\":\"" + name + "\",\"kind\":\"person\"},\"role\":\"member\",\"state\":\"member\",\"nickname\":\"\",\"readSeq\":0}";
    }

    private static String message(int seq, String sender, long created, String more) {
        return "{\"conversationId\":\"1\",\"seq\":" + seq + ",\"senderId\":\"" + sender + "\",\"kind\":\"text\",\"createdAt\":" + created + "," + more + "}";
    }

    private static String direct(String id, int read, String... messages) {
        return conversation(id, "\"kind\":\"direct\"", "all", read, account("1", "Me") + "," + account("2", "Lin"), messages);
    }

    private static String group(String id, String notify, int read, String... messages) {
        return conversation(id, "\"kind\":\"group\",\"group\":{\"name\":\"Family\"}", notify, read,
                account("1", "Me") + "," + account("2", "Lin").replace("\"nickname\":\"\"", "\"nickname\":\"Aunt\"") + "," + account("3", "Bo"), messages);
    }

    private final TreeMap<String, String> memberships = new TreeMap<>();

    private static String conversation(String id, String kind, String notify, int read, String members, String... messages) {
        String last = messages.length == 0 ? "0" : messages[messages.length - 1].replaceAll(".*?\"seq\":(\\d+).*", "$1");
        return id + "|" + notify + "|" + read + "|{\"conversationId\":\"" + id + "\",\"version\":3,\"conversation\":{\"id\":\"" + id + "\"," + kind
                + ",\"lastSeq\":" + last + "},\"members\":[" + members + "],\"messages\":[" + String.join(",", messages) + "]}";
    }

    private static String notice(String what) {
        return message(1, "2", NOW, "\"body\":\"\",\"x\":{" + what + "}").replace("\"text\",\"created", "\"notice\",\"created").replace("\"x\"", "\"notice\"");
    }

    private String asked = "";

    /** What the server answers from now on. */
    private void holds(long now, String... conversations) {
        StringBuilder all = new StringBuilder();
        memberships.clear();
        for (String each : conversations) {
            String[] parts = each.split("\\|", 4);
            memberships.put(parts[0], "{\"conversationId\":\"" + parts[0] + "\",\"state\":\"member\",\"notify\":\"" + parts[1] + "\",\"readSeq\":" + parts[2] + ",\"remark\":\"\"}");
            all.append(all.length() > 0 ? "," : "").append(parts[3]);
        }
        server.answers.put("POST /sync", new Server.Answer(200, "{\"accountId\":\"1\",\"user\":{\"version\":9,\"contacts\":[{\"account\":{\"id\":\"3\",\"name\":\"Bo\"},\"remark\":\"Brother\"}],\"memberships\":["
                + String.join(",", memberships.values()) + "]" + asked + "},\"conversations\":[" + all + "],\"more\":false,\"online\":[],\"serverTime\":" + now + "}"));
    }

    public void eachConversationIsToldAsTheAppWouldTellIt() throws Exception {
        for (String language : new String[] {"", "zh"}) {
            begin(language);
            holds(NOW, direct("11", 0, message(1, "2", NOW, "\"body\":\"hello\\nyou \\u4f60\"")),
                    group("12", "all", 4, message(4, "2", NOW, "\"body\":\"old\""), message(5, "3", NOW, "\"body\":\"\",\"attachments\":[{\"kind\":\"image\",\"name\":\"a\"},{\"kind\":\"image\",\"name\":\"b\"}]")),
                    group("13", "all", 0, message(1, "2", NOW, "\"body\":\"here\",\"attachments\":[{\"kind\":\"file\",\"name\":\"plan.pdf\"}]")),
                    group("14", "all", 0, message(1, "2", NOW, "\"body\":\"👋\",\"sticker\":{\"emoji\":\"👋\"}").replace("\"text\"", "\"sticker\"")),
                    group("15", "all", 0, notice("\"event\":\"group.renamed\",\"accountIds\":[],\"count\":0,\"text\":\"Kin\"")),
                    direct("16", 0, message(1, "2", NOW, "\"body\":\"\"")));
            ring();
            same(Map.of("11", "Lin: hello you 你", "12", "Family: " + phone.word(R.string.news_by, "Brother", phone.word(R.string.news_pictures, 2)),
                    "13", "Family: " + phone.word(R.string.news_by, "Aunt", phone.word(R.string.news_file, "plan.pdf") + " here"),
                    "14", "Family: " + phone.word(R.string.news_by, "Aunt", phone.word(R.string.news_sticker, "👋")),
                    "15", "Family: " + phone.word(R.string.notice_renamed, "Aunt", "", "Kin"), "16", "Lin: " + phone.word(R.string.news)), phone.shown);
            same(List.of("POST /sync session=abc {\"user\":0,\"conversations\":[],\"messages\":5}"), server.asked);
            Intent open = (Intent) Fakes.last("PendingIntent.getActivity").arguments[2];
            same(server.home + "/chats/16", open.getData().toString());
            same(1, rung);
            server.close();
        }
    }

    public void whatNeedNotBeToldIsNot() throws Exception {
        begin("");
        holds(NOW, direct("11", 1, message(1, "2", NOW, "\"body\":\"read\"")), direct("12", 0, message(2, "1", NOW, "\"body\":\"mine\"")),
                group("13", "none", 0, message(1, "2", NOW, "\"body\":\"muted\"")),
                group("14", "none", 0, message(1, "2", NOW, "\"body\":\"@me\",\"mentions\":[\"1\"]"), message(2, "3", NOW, "\"body\":\"so\"")),
                group("15", "none", 1, message(1, "2", NOW, "\"body\":\"@me\",\"mentions\":[\"1\"]"), message(2, "3", NOW, "\"body\":\"so\"")),
                group("16", "none", 0, message(1, "2", NOW, "\"body\":\"@all\",\"mentionsAll\":true")));
        // Read elsewhere meanwhile, or nobody knew what there was.
        phone.shown.putAll(Map.of("11", "x", "12", "x", "13", "x", Notices.GENERAL, "x"));
        ring();
        same("[13, 14, 16]", new TreeMap<>(phone.shown).keySet().toString());
        server.close();
    }

    public void whatHappenedInAGroupIsToldInItsWords() throws Exception {
        begin("");
        String[][] told = {
            {"\"event\":\"group.created\",\"accountIds\":[\"1\",\"3\"],\"count\":2", "Aunt created the group with you and Brother"},
            {"\"event\":\"group.created\",\"accountIds\":[],\"count\":0", "Aunt created the group"},
            {"\"event\":\"member.added\",\"accountIds\":[\"3\",\"9\"],\"count\":12", "Aunt added Brother, Somebody and 10 more"},
            {"\"event\":\"member.joined\",\"accountIds\":[\"2\"],\"count\":1", "Aunt joined the group"},
            {"\"event\":\"member.joined\",\"accountIds\":[\"1\"],\"count\":1", "Aunt let you in"},
            {"\"event\":\"member.joined\",\"accountIds\":[\"3\"],\"count\":1,\"via\":\"link\"", "Brother joined by a link"},
            {"\"event\":\"member.quit\",\"accountIds\":[],\"count\":0", "Aunt left the group"},
            {"\"event\":\"role.changed\",\"accountIds\":[\"1\"],\"count\":1,\"role\":\"admin\"", "Aunt made you admin"},
            {"\"event\":\"announcement.changed\",\"accountIds\":[],\"count\":0,\"text\":\"x\"", "Aunt published an announcement"},
            {"\"event\":\"group.moved\",\"accountIds\":[],\"count\":0", "Something in the group changed"},
        };
        for (int i = 0; i < told.length; i++) {
            holds(NOW, group(String.valueOf(30 + i), "all", 0, notice(told[i][0])));
            ring();
            same("Family: " + told[i][1], phone.shown.get(String.valueOf(30 + i)));
        }
        server.close();
    }

    private static String question(String id, String state, String more) {
        return "{\"id\":\"" + id + "\",\"from\":{\"id\":\"3\",\"name\":\"Bo\"},\"state\":\"" + state + "\",\"createdAt\":" + NOW + "," + more + "}";
    }

    public void whoeverAsksForSomethingIsToldOf() throws Exception {
        for (String language : new String[] {"", "zh"}) {
            begin(language);
            String me = "\"to\":{\"id\":\"1\"}";
            asked = ",\"friendRequests\":[" + question("21", "pending", me) + "," + question("22", "accepted", me) + "," + question("23", "pending", "\"to\":{\"id\":\"4\"}")
                    + "],\"invitations\":[" + question("24", "pending", "\"conversation\":{\"name\":\"Hikers\"}") + "," + question("25", "withdrawn", "\"conversation\":{\"name\":\"x\"}") + "]";
            holds(NOW);
            phone.shown.putAll(Map.of("request-22", "x", "invitation-25", "x"));
            ring();
            same(Map.of("request-21", "Brother: " + phone.word(R.string.news_request), "invitation-24", "Brother: " + phone.word(R.string.news_invitation, "Hikers")), phone.shown);
            Intent open = (Intent) Fakes.last("PendingIntent.getActivity").arguments[2];
            same(server.home + "/contacts/groups", open.getData().toString());
            server.close();
        }
    }

    public void nothingIsToldTwice() throws Exception {
        begin("");
        Told told = new Told(context);
        long left = System.currentTimeMillis();
        told.left(left);
        // By the server's clock: what is older than that somebody left was seen in the list.
        holds(NOW, direct("11", 0, message(1, "2", NOW - 60_000, "\"body\":\"seen\"")), direct("12", 0, message(1, "2", NOW + 60_000, "\"body\":\"new\"")));
        ring();
        same("[12]", phone.shown.keySet().toString());
        // Swiped away is told.
        phone.shown.clear();
        holds(NOW + 1000, direct("12", 0, message(1, "2", NOW + 60_000, "\"body\":\"new\"")), direct("13", 0, message(1, "2", NOW + 61_000, "\"body\":\"newer\"")));
        ring();
        same("[13]", phone.shown.keySet().toString());
        holds(NOW + 2000, direct("12", 0, message(1, "2", NOW + 60_000, "\"body\":\"new\""), message(2, "2", NOW + 62_000, "\"body\":\"newest\"")));
        ring();
        same("Lin: newest", phone.shown.get("12"));

        // The page may still run behind others, and hear of the same later, or have told it before.
        ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
        chat.opened(server.home + "/");
        int before = Fakes.calls("NotificationManager.notify").size();
        chat.show("Lin", "newest", "12", "/chats/12");
        same(before, Fakes.calls("NotificationManager.notify").size());
        chat.show("Lin", "newest", "12", "/chats/12");
        same(before + 1, Fakes.calls("NotificationManager.notify").size());
        chat.show("Bo", "hi", "14", "/chats/14");
        holds(NOW + 3000, direct("14", 0, message(1, "2", NOW - 60_000, "\"body\":\"hi\"")));
        ring();
        same("Bo: hi", phone.shown.get("14"));
        same("[\"12\",\"13\",\"14\"]", chat.shown());
        server.close();
    }

    public void inFrontThePageTells() throws Exception {
        begin("");
        phone.shown.put(Notices.GENERAL, "x");
        ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
        Phone.act(chat, "onStart");
        yes(phone.shown.isEmpty(), "whoever looks knows");
        holds(NOW, direct("11", 0, message(1, "2", NOW, "\"body\":\"hello\"")));
        ring();
        same(0, rung);
        Phone.act(chat, "onStop");
        holds(NOW, direct("11", 0, message(1, "2", NOW + 60_000, "\"body\":\"hello\"")));
        ring();
        same(1, rung);
        same("[11]", phone.shown.keySet().toString());
        server.close();
    }

    public void withoutPermissionNobodyIsAsked() throws Exception {
        begin("");
        phone.permissions.clear();
        ring();
        same(0, rung);
        same(List.of(), server.asked);
        server.close();
    }

    public void whenTheServerCannotBeAskedItIsToldThatThereIsSomething() throws Exception {
        for (String language : new String[] {"", "zh"}) {
            begin(language);
            Map<String, String> general = Map.of(Notices.GENERAL, phone.word(R.string.news) + ": " + phone.word(R.string.news_text));
            for (Server.Answer answer : new Server.Answer[] {new Server.Answer(503, "{}"), new Server.Answer(200, "<!doctype html>"), new Server.Answer(200, "[]"),
                    new Server.Answer(200, "{\"accountId\":1}"), new Server.Answer(302, ""), new Server.Answer(200, "[".repeat(100_000))}) {
                phone.shown.clear();
                server.answers.put("POST /sync", answer);
                ring();
                same(general, phone.shown);
            }
            holds(NOW, direct("11", 0, message(1, "2", NOW, "\"body\":\"hello\"")));
            ring();
            same("[11]", phone.shown.keySet().toString());
            server.close();
            phone.shown.clear();
            ring();
            same(general, phone.shown);
        }
    }

    public void aSessionThatIsOverIsToldOfNothing() throws Exception {
        begin("");
        phone.shown.put("11", "Lin: hello");
        server.answers.put("POST /sync", new Server.Answer(401, "{}"));
        ring();
        yes(phone.shown.isEmpty(), "nothing of it stays");
        yes(new Push(context).state().contains("\"off\""), "nobody calls any longer");
        server.close();
        begin("");
        phone.cookies.clear();
        ring();
        yes(new Push(context).state().contains("\"off\""), "nobody is signed in");
        same(List.of(), server.asked);
        server.close();
    }

    /** Forged: with the token, but not by the server. */
    public void onlyWhatIsEncryptedForUsIsHeard() throws Exception {
        begin("");
        holds(NOW, direct("11", 0, message(1, "2", NOW, "\"body\":\"hello\"")));
        byte[] good = Sender.encrypt((String) kept.get("p256dh"), (String) kept.get("auth"), "{}", 0);
        byte[] bad = good.clone();
        bad[bad.length - 1] ^= 1;
        for (byte[] each : new byte[][] {bad, new byte[300], "{}".getBytes(), Sender.encrypt((String) kept.get("p256dh"), "AAAAAAAAAAAAAAAAAAAAAA", "{}", 0)}) {
            receive("MESSAGE", "bytesMessage", each);
        }
        same(1, Fakes.calls("BroadcastReceiver.goAsync").size()); // Of the registration.
        same(List.of(), server.asked);
        yes(phone.shown.isEmpty(), "nothing is told");
        server.close();
    }

    /** What comes while the server is asked is not lost, and does not make a crowd. */
    public void callsOnTopOfEachOtherAreOne() throws Exception {
        begin("");
        holds(NOW, direct("11", 0, message(1, "2", NOW, "\"body\":\"hello\"")));
        byte[] call = Sender.encrypt((String) kept.get("p256dh"), (String) kept.get("auth"), "{}", 0);
        java.util.concurrent.CountDownLatch more = new java.util.concurrent.CountDownLatch(1);
        server.meanwhile = () -> {
            try {
                more.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        receive("MESSAGE", "bytesMessage", call);
        for (int i = 0; i < 5; i++) receive("MESSAGE", "bytesMessage", call);
        more.countDown();
        settle(7);
        same(2, server.asked.size());
        server.close();
    }

    public void whatIsNoJsonIsRefused() throws Exception {
        same(Map.of("a", List.of(1.0, "x\n\"é", true, Map.of())), JsonText.read(" {\"a\" : [1, \"x\\n\\\"\\u00e9\", true, {}]} "));
        same(null, JsonText.read("null"));
        for (String wrong : new String[] {"", "{", "[1,]", "{\"a\"}", "{a:1}", "\"x", "\"\\x\"", "\"\\u00g0\"", "tru", "1 2", "-", "[" + "[".repeat(100) + "]".repeat(100) + "]"}) {
            try {
                JsonText.read(wrong);
            } catch (IllegalArgumentException e) {
                continue;
            }
            throw new AssertionError(wrong);
        }
    }
}
