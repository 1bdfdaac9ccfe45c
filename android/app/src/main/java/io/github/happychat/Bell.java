package io.github.happychat;

import android.content.Context;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Somebody calls while the app is not in front: the server is asked what is new, and it is told, each by itself. When the server cannot be asked in time, it is told that there is something.
 */
final class Bell {
    /** For all of it. Android gives ten seconds to whoever is called. */
    static final long PATIENCE = 8000;

    private static boolean ringing;
    /** There was another call meanwhile: what was asked before it may be without its news. */
    private static boolean again;

    private final Context context;
    private final ServerAddress server;
    private final Notices notices;
    private final long until;

    private Bell(Context context, ServerAddress server, long until) {
        this.context = context;
        this.server = server;
        this.until = until;
        notices = new Notices(context);
    }

    /** Works on a thread of its own; `done` is called in the end, whatever comes. */
    static void ring(Context context, ServerAddress server, final Runnable done) {
        if (!first()) {
            done.run();
            return;
        }
        final Bell bell = new Bell(context, server, System.currentTimeMillis() + PATIENCE);
        start(new Runnable() {
            @Override
            public void run() {
                try {
                    bell.look();
                } finally {
                    stopped();
                    done.run();
                }
            }
        });
    }

    private static synchronized boolean first() {
        again = ringing;
        ringing = true;
        return !again;
    }

    private static synchronized boolean onceMore() {
        boolean more = again;
        again = false;
        return more;
    }

    private static synchronized void stopped() {
        ringing = false;
        again = false;
    }

    private static void start(Runnable job) {
        Thread thread = new Thread(job, "bell");
        thread.setDaemon(true);
        thread.start();
    }

    private void look() {
        do {
            long asked = System.currentTimeMillis();
            News news;
            try {
                news = fetch(until - asked);
            } catch (IOException e) {
                if (!ChatActivity.inFront()) notices.general();
                return;
            }
            if (news == null) {
                // The session was ended: elsewhere, or by time.
                new Push(context).off();
                return;
            }
            tell(news, asked);
        } while (onceMore());
    }

    private News fetch(long patience) throws IOException {
        FutureTask<News> task = new FutureTask<News>(new Callable<News>() {
            @Override
            public News call() throws IOException {
                return News.fetch(context, server);
            }
        });
        start(task);
        try {
            return task.get(Math.max(0, patience), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    private void tell(News news, long asked) {
        // What was read elsewhere need not be told any longer, nor that there is something, when it is known what.
        notices.hide(Notices.GENERAL);
        for (String tag : news.over) notices.hide(tag);
        if (ChatActivity.inFront()) return; // The page tells.
        Told told = new Told(context);
        for (News.Item item : news.items) {
            if (!told.isNews(item.tag, item.created, news.serverTime - item.created, asked)) continue;
            told.byCall(item.tag, item.title + "\n" + item.body, item.created);
            notices.show(item.title, item.body, item.tag, item.path);
        }
    }
}
