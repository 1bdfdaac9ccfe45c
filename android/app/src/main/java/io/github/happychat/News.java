package io.github.happychat;

import android.content.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What waits for somebody, out of the server's answer to `sync` (docs/protocol.md), in the words of a notification. The
 * same as the page and the worker of a browser tell (web/src/worker/news.ts).
 */
final class News {
    /** The newest message of a conversation in which there is something for somebody, or what somebody asks for. */
    static final class Item {
        /** A conversation, or who asks for what. */
        final String tag;
        final String path;
        final String title;
        final String body;
        /** By the server's clock. */
        final long created;

        Item(String tag, String path, String title, String body, long created) {
            this.tag = tag;
            this.path = path;
            this.title = title;
            this.body = body;
            this.created = created;
        }
    }

    /** How far back in each conversation is looked for being mentioned. */
    private static final int MESSAGES = 5;
    private static final int LONGEST = 200;

    final List<Item> items = new ArrayList<Item>();
    /** Tags of what waits no longer: it was read or answered. */
    final List<String> over = new ArrayList<String>();
    /** When it was so, by the server's clock. */
    final long serverTime;

    private final Context context;
    private final String me;
    private final Map<String, String> remarks = new HashMap<String, String>();

    private News(Context context, Map<?, ?> sync) {
        this.context = context;
        me = text(sync, "accountId");
        serverTime = number(sync, "serverTime");
        Map<?, ?> user = object(sync, "user");
        for (Object each : list(user, "contacts")) remarks.put(text(object(each, "account"), "id"), text(each, "remark"));
        Map<String, Object> memberships = new HashMap<String, Object>();
        for (Object each : list(user, "memberships")) memberships.put(text(each, "conversationId"), each);
        for (Object each : list(sync, "conversations")) look(each, memberships.get(text(each, "conversationId")));
        for (Object each : list(user, "friendRequests")) {
            if (!text(object(each, "to"), "id").equals(me)) continue;
            asks(each, "request-", "/contacts/requests", context.getString(R.string.news_request));
        }
        for (Object each : list(user, "invitations")) {
            String group = text(object(each, "conversation"), "name");
            asks(each, "invitation-", "/contacts/groups", context.getString(R.string.news_invitation, group));
        }
    }

    /** Asks the server. Null: nobody is signed in. */
    static News fetch(Context context, ServerAddress server) throws IOException {
        String wanted = "{\"user\":0,\"conversations\":[],\"messages\":" + MESSAGES + "}";
        ServerCall call = ServerCall.make(server, ServerCall.cookie(server), "POST", "/sync", wanted);
        if (call.signedOut()) return null;
        if (!call.succeeded()) throw new IOException("status " + call.status);
        return read(context, call.body);
    }

    static News read(Context context, String json) throws IOException {
        try {
            return new News(context, (Map<?, ?>) JsonText.read(json));
        } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
            throw new IOException("not the answer of a Happy Chat server", e);
        }
    }

    private void look(Object delta, Object membership) {
        String id = text(delta, "conversationId");
        Map<?, ?> conversation = object(delta, "conversation");
        List<?> messages = list(delta, "messages");
        if (!text(membership, "state").equals("member") || messages.isEmpty()) return;
        Map<String, Object> members = new HashMap<String, Object>();
        for (Object each : list(delta, "members")) members.put(text(object(each, "account"), "id"), each);
        Object last = messages.get(messages.size() - 1);
        long readSeq = Math.max(number(membership, "readSeq"), number(members.get(me), "readSeq"));
        boolean own = text(last, "senderId").equals(me);
        if (own || number(conversation, "lastSeq") <= readSeq) {
            over.add(id);
            return;
        }
        if (text(membership, "notify").equals("none") && !mentioned(messages, readSeq)) return;
        boolean group = text(conversation, "kind").equals("group");
        String title = group ? first(text(membership, "remark"), text(object(conversation, "group"), "name")) : peer(members);
        String words = text(last, "kind").equals("notice") ? happened(last, members) : words(last);
        String author = group && !text(last, "kind").equals("notice") ? name(members.get(text(last, "senderId"))) : "";
        String body = author.isEmpty() ? words : context.getString(R.string.news_by, author, words);
        items.add(new Item(id, "/chats/" + id, title, body, number(last, "createdAt")));
    }

    private void asks(Object question, String kind, String path, String body) {
        String tag = kind + text(question, "id");
        if (!text(question, "state").equals("pending")) {
            over.add(tag);
            return;
        }
        Map<?, ?> from = object(question, "from");
        String remark = remarks.get(text(from, "id"));
        items.add(new Item(tag, path, first(remark == null ? "" : remark, text(from, "name")), body, number(question, "createdAt")));
    }

    private boolean mentioned(List<?> messages, long readSeq) {
        for (Object each : messages) {
            if (number(each, "seq") <= readSeq || text(each, "senderId").equals(me)) continue;
            if (Boolean.TRUE.equals(((Map<?, ?>) each).get("mentionsAll")) || list(each, "mentions").contains(me)) return true;
        }
        return false;
    }

    private String peer(Map<String, Object> members) {
        for (Map.Entry<String, Object> each : members.entrySet()) {
            if (!each.getKey().equals(me)) return first(name(each.getValue()), context.getString(R.string.app_name));
        }
        return context.getString(R.string.app_name);
    }

    /** As the reader calls them, as they call themselves there, or as they are called. */
    private String name(Object member) {
        Map<?, ?> account = object(member, "account");
        if (Boolean.TRUE.equals(account.get("deleted"))) return context.getString(R.string.deleted);
        String remark = remarks.get(text(account, "id"));
        return first(remark == null ? "" : remark, first(text(member, "nickname"), text(account, "name")));
    }

    private String happened(Object message, final Map<String, Object> members) {
        Map<?, ?> notice = object(message, "notice");
        List<String> accounts = new ArrayList<String>();
        for (Object each : list(notice, "accountIds")) accounts.add((String) each);
        return new Happening(context) {
            @Override
            String nameOf(String account) {
                return name(members.get(account));
            }

            @Override
            boolean isReader(String account) {
                return account.equals(me);
            }
        }.words(text(notice, "event"), text(message, "senderId"), accounts, number(notice, "count"), text(notice, "text"), text(notice, "role"), text(notice, "via"));
    }

    private String words(Object message) {
        String body = text(message, "body");
        if (text(message, "kind").equals("sticker")) return context.getString(R.string.news_sticker, body);
        if (body.length() > LONGEST) body = body.substring(0, LONGEST);
        String out = (brought(list(message, "attachments")) + " " + body.replace('\n', ' ')).trim();
        return first(out, context.getString(R.string.news));
    }

    private String brought(List<?> attachments) {
        int n = attachments.size();
        if (n == 0) return "";
        boolean pictures = true;
        for (Object each : attachments) pictures = pictures && text(each, "kind").equals("image");
        if (pictures) return n == 1 ? context.getString(R.string.news_picture) : context.getString(R.string.news_pictures, n);
        return n == 1 ? context.getString(R.string.news_file, text(attachments.get(0), "name")) : context.getString(R.string.news_files, n);
    }

    private static String first(String one, String other) {
        return one.isEmpty() ? other : one;
    }

    // What is left out is empty.

    private static Map<?, ?> object(Object in, String name) {
        Object value = in == null ? null : ((Map<?, ?>) in).get(name);
        return value == null ? Collections.emptyMap() : (Map<?, ?>) value;
    }

    private static List<?> list(Object in, String name) {
        Object value = in == null ? null : ((Map<?, ?>) in).get(name);
        return value == null ? Collections.emptyList() : (List<?>) value;
    }

    private static String text(Object in, String name) {
        Object value = in == null ? null : ((Map<?, ?>) in).get(name);
        return value == null ? "" : (String) value;
    }

    private static long number(Object in, String name) {
        Object value = in == null ? null : ((Map<?, ?>) in).get(name);
        return value == null ? 0 : ((Double) value).longValue();
    }
}
