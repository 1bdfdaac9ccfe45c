package io.github.happychat;

import android.content.Context;
import java.util.ArrayList;
import java.util.List;

/** What happened in a group, as somebody is told of it who was not looking: the words of the web app (its `notice`). */
abstract class Happening {
    /** More names than this are counted. */
    private static final int MOST = 5;

    private final Context context;

    Happening(Context context) {
        this.context = context;
    }

    /** What the reader calls somebody; empty if nobody knows. */
    abstract String nameOf(String account);

    abstract boolean isReader(String account);

    /** `actor` did it, to `accounts`, who are the first of `count`. */
    final String words(String event, String actor, List<String> accounts, long count, String text, String role, String via) {
        boolean leading = event.equals("member.joined") || event.equals("member.quit");
        String names = names(accounts, count, leading && !(via.isEmpty() && !accounts.contains(actor)));
        int form = form(event, accounts.contains(actor), accounts.isEmpty(), text.isEmpty(), role, via);
        String who = called(actor, R.string.notice_you);
        return context.getString(form, who, names.isEmpty() ? who : names, text);
    }

    private static int form(String event, boolean self, boolean alone, boolean empty, String role, String via) {
        switch (event) {
            case "group.created": return alone ? R.string.notice_created : R.string.notice_createdWith;
            case "member.added": return R.string.notice_added;
            case "member.joined":
                if (via.equals("link")) return R.string.notice_joinedByLink;
                return self ? R.string.notice_joined : R.string.notice_letIn;
            case "member.removed": return R.string.notice_removed;
            case "member.quit": return R.string.notice_quit;
            case "group.renamed": return R.string.notice_renamed;
            case "group.avatar": return R.string.notice_avatar;
            case "announcement.changed": return empty ? R.string.notice_unannounced : R.string.notice_announced;
            case "role.changed": return role.equals("admin") ? R.string.notice_promoted : R.string.notice_demoted;
            case "owner.changed": return R.string.notice_owner;
            case "member.muted": return R.string.notice_muted;
            case "member.unmuted": return R.string.notice_unmuted;
            case "group.muted": return R.string.notice_allMuted;
            case "group.unmuted": return R.string.notice_allUnmuted;
            case "group.dissolved": return R.string.notice_dissolved;
            default: return R.string.notice_other; // A newer server may tell what this app does not know.
        }
    }

    private String called(String account, int you) {
        if (isReader(account)) return context.getString(you);
        String name = nameOf(account);
        return name.isEmpty() ? context.getString(R.string.notice_someone) : name;
    }

    private String names(List<String> accounts, long count, boolean leading) {
        List<String> shown = new ArrayList<String>();
        for (String account : accounts) {
            if (shown.size() < MOST) shown.add(called(account, leading && shown.isEmpty() ? R.string.notice_you : R.string.notice_youWithin));
        }
        long more = Math.max(count, accounts.size()) - shown.size();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < shown.size(); i++) {
            boolean last = more <= 0 && i == shown.size() - 1;
            if (i > 0) out.append(context.getString(last ? R.string.notice_and : R.string.notice_comma));
            out.append(shown.get(i));
        }
        return more > 0 && !shown.isEmpty() ? context.getString(R.string.notice_more, out.toString(), more) : out.toString();
    }
}
