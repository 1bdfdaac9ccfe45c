package fake;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What the fakes of Android's classes (tools/stubs.mjs) do: every call comes here, is written down, and is answered by
 * what was agreed for it; else a get gives back what was set, and everything else nothing.
 */
public final class Fakes {
    public interface Answer {
        Object to(Object self, Object[] arguments) throws Throwable;
    }

    public static final class Call {
        public final Object self;
        public final String name;
        public final Object[] arguments;

        Call(Object self, String name, Object[] arguments) {
            this.self = self;
            this.name = name;
            this.arguments = arguments;
        }

        @Override
        public String toString() {
            return name + Arrays.deepToString(arguments);
        }
    }

    private static final Map<String, Answer> answers = new HashMap<>();
    private static final List<Call> calls = new ArrayList<>();
    private static final Map<Object, Map<String, Object>> kept = new IdentityHashMap<>();
    /** The main thread's. */
    private static final LinkedBlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();

    private Fakes() {
    }

    public static synchronized void reset() {
        answers.clear();
        calls.clear();
        kept.clear();
        posted.clear();
    }

    /** Agrees how a method is answered, by the simple name of its class. */
    public static synchronized void on(String name, Answer answer) {
        answers.put(name, answer);
    }

    public static synchronized void made(Object self, Object... arguments) {
        of(self).put("made", arguments);
        call(self, "new " + self.getClass().getSimpleName(), arguments);
    }

    public static Object call(Object self, String name, Object... arguments) {
        Answer answer;
        synchronized (Fakes.class) {
            calls.add(new Call(self, name, arguments));
            answer = answers.get(name);
            String method = name.substring(name.indexOf('.') + 1);
            if (answer == null) {
                if (method.startsWith("set") && arguments.length == 1) of(self).put(method.substring(3), arguments[0]);
                boolean asks = arguments.length == 0 && (method.startsWith("get") || method.startsWith("is"));
                return asks ? of(self).get(method.substring(method.startsWith("is") ? 2 : 3)) : null;
            }
        }
        try {
            return answer.to(self, arguments);
        } catch (Throwable e) {
            throw Fakes.<RuntimeException>thrown(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T thrown(Throwable e) throws T {
        throw (T) e;
    }

    /** What is remembered of a thing. */
    public static synchronized Map<String, Object> of(Object self) {
        return kept.computeIfAbsent(self, any -> new HashMap<>());
    }

    public static synchronized List<Call> calls(String name) {
        List<Call> found = new ArrayList<>();
        for (Call call : calls) {
            if (call.name.equals(name)) found.add(call);
        }
        return found;
    }

    public static Call last(String name) {
        List<Call> found = calls(name);
        if (found.isEmpty()) throw new AssertionError(name + " was never called");
        return found.get(found.size() - 1);
    }

    public static void post(Runnable job) {
        posted.add(job);
    }

    /** Does what was posted to the main thread, waiting for the first. */
    public static void mainThread() throws InterruptedException {
        Runnable job = posted.poll(30, TimeUnit.SECONDS);
        if (job == null) throw new AssertionError("nothing was posted to the main thread");
        for (; job != null; job = posted.poll()) job.run();
    }

    public static boolean booleanOf(Object o) {
        return o != null && (Boolean) o;
    }

    public static int intOf(Object o) {
        return o == null ? 0 : ((Number) o).intValue();
    }

    public static long longOf(Object o) {
        return o == null ? 0 : ((Number) o).longValue();
    }

    public static float floatOf(Object o) {
        return o == null ? 0 : ((Number) o).floatValue();
    }

    public static double doubleOf(Object o) {
        return o == null ? 0 : ((Number) o).doubleValue();
    }

    public static char charOf(Object o) {
        return o == null ? 0 : (Character) o;
    }

    public static byte byteOf(Object o) {
        return o == null ? 0 : ((Number) o).byteValue();
    }

    public static short shortOf(Object o) {
        return o == null ? 0 : ((Number) o).shortValue();
    }
}
