package io.github.happychat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;

/** Runs every method of the tests that takes nothing and is public, and tells of each in a line. */
public final class Run {
    private Run() {
    }

    public static void main(String[] arguments) throws Exception {
        boolean failed = false;
        for (String name : new String[] {"AddressTest", "ScreenTest", "PageTest", "PushTest", "NewsTest", "LiveTest"}) {
            Class<?> of = Class.forName("io.github.happychat." + name);
            Method[] methods = of.getDeclaredMethods();
            Arrays.sort(methods, Comparator.comparing(Method::getName));
            for (Method method : methods) {
                if (method.getParameterCount() > 0 || !java.lang.reflect.Modifier.isPublic(method.getModifiers())) continue;
                try {
                    method.invoke(of.getConstructor().newInstance());
                    System.out.println("ok " + name + "." + method.getName());
                } catch (InvocationTargetException e) {
                    failed = true;
                    System.out.println("FAILED " + name + "." + method.getName());
                    e.getCause().printStackTrace(System.out);
                }
            }
        }
        System.exit(failed ? 1 : 0);
    }

    /** As after a start: what the app keeps in memory only. */
    static void restarted() throws Exception {
        java.lang.reflect.Field inFront = ChatActivity.class.getDeclaredField("inFront");
        inFront.setAccessible(true);
        inFront.setBoolean(null, false);
        Push.follow(null);
    }

    static void same(Object wanted, Object got) {
        if (!java.util.Objects.equals(wanted, got)) throw new AssertionError("wanted <" + wanted + ">, got <" + got + ">");
    }

    static void yes(boolean right, String what) {
        if (!right) throw new AssertionError(what);
    }

    /** A file of the build. */
    static java.io.File file(String name) {
        return new java.io.File(System.getProperty(name));
    }
}
