package fake;

import android.app.Activity;
import android.content.ContentResolver;
import android.content.Context;
import android.content.Intent;
import android.content.SharedPreferences;
import android.content.res.AssetManager;
import android.content.res.Resources;
import android.net.ConnectivityManager;
import android.net.NetworkInfo;
import android.net.Uri;
import android.os.Bundle;
import android.util.DisplayMetrics;
import android.view.View;
import android.view.ViewGroup;
import android.view.Window;
import android.webkit.CookieManager;
import android.webkit.ServiceWorkerController;
import android.webkit.ValueCallback;
import android.webkit.WebSettings;
import android.webkit.WebView;
import android.widget.TextView;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** A phone as far as the app sees one: its screens are made from the app's own layouts and words. */
public final class Phone {
    static final String ANDROID = "http://schemas.android.com/apk/res/android";

    public final Map<String, Object> preferences = new HashMap<>();
    public final Set<String> permissions = new HashSet<>();
    public final Map<String, String> cookies = new HashMap<>();
    /** Packages of the apps that pass on calls. */
    public final List<String> distributors = new ArrayList<>();
    /** What is shown in the notifications, by tag: title and text. */
    public final Map<String, String> shown = new java.util.concurrent.ConcurrentHashMap<>();
    private final Map<String, SharedPreferences> stores = new HashMap<>();
    public final DisplayMetrics metrics = new DisplayMetrics();
    public boolean online = true;
    public boolean night;
    public String browser = "Mozilla/5.0 (Linux; Android 14) Chrome/124.0.0.0 Mobile Safari/537.36";
    /** What the page answers to a script. */
    public Map<String, String> scripts = new HashMap<>();
    public final ContentResolver resolver;
    private final File app;
    private final File assets;
    private final String language;
    private final Map<Integer, String> names = new HashMap<>();
    private final Map<String, String> words = new HashMap<>();

    /** `app` is app/src/main, `assets` what was packed; `language` is "" for English or "zh". */
    public Phone(File app, File assets, String language, Class<?> r) throws Exception {
        Fakes.reset();
        this.app = app;
        this.assets = assets;
        this.language = language;
        for (String kind : new String[] {"bool", "drawable", "id", "layout", "string"}) {
            for (Field field : Class.forName(r.getName() + "$" + kind).getDeclaredFields()) names.put(field.getInt(null), kind + "/" + field.getName());
        }
        Element strings = xml("res/values" + (language.isEmpty() ? "" : "-" + language) + "/strings.xml");
        for (Node node = strings.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) words.put(element.getAttribute("name"), unquoted(element.getTextContent()));
        }
        Field sdk = android.os.Build.VERSION.class.getField("SDK_INT");
        sdk.setInt(null, 34);
        resolver = new ContentResolver(null);
        system();
        intents();
        screens();
        browser();
    }

    /** As Android reads what keeps its spaces, and apostrophes. */
    private static String unquoted(String text) {
        return text.replaceAll("(?s)^\"(.*)\"$", "$1").replace("\\'", "'");
    }

    private Element xml(String path) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new File(app, path)).getDocumentElement();
    }

    /** The words of a resource. */
    public String word(int id, Object... values) {
        String name = names.get(id);
        String text = words.get(name.substring(name.indexOf('/') + 1));
        if (text == null) throw new AssertionError(name + " has no words in “" + language + "”");
        return values.length == 0 ? text : String.format(text, values);
    }

    private void system() {
        Fakes.on("Looper.getMainLooper", (self, a) -> null);
        Fakes.on("Handler.post", (self, a) -> {
            Fakes.post((Runnable) a[0]);
            return true;
        });
        Fakes.on("Base64.decode", (self, a) -> java.util.Base64.getUrlDecoder().decode((String) a[0]));
        Fakes.on("Base64.encodeToString", (self, a) -> java.util.Base64.getUrlEncoder().withoutPadding().encodeToString((byte[]) a[0]));
        Fakes.on("AssetManager.open", (self, a) -> {
            File file = new File(assets, (String) a[0]);
            if (!file.isFile()) throw new FileNotFoundException((String) a[0]);
            return new FileInputStream(file);
        });
        stores.put("happychat", store(preferences));
        Fakes.on("ContextWrapper.getSharedPreferences", (self, a) -> {
            synchronized (stores) {
                return stores.computeIfAbsent((String) a[0], name -> store(new java.util.concurrent.ConcurrentHashMap<>()));
            }
        });
        Fakes.on("ContextWrapper.getContentResolver", (self, a) -> resolver);
        Fakes.on("ContextWrapper.getAssets", (self, a) -> new AssetManager());
        Fakes.on("ContextWrapper.getPackageName", (self, a) -> "io.github.happychat");
        android.content.pm.ApplicationInfo info = new android.content.pm.ApplicationInfo();
        Fakes.on("ContextWrapper.getApplicationInfo", (self, a) -> info);
        android.content.pm.PackageInfo packed = new android.content.pm.PackageInfo();
        packed.versionName = "1.2.3";
        Fakes.on("ContextWrapper.getPackageManager", (self, a) -> new android.content.pm.PackageManager());
        Fakes.on("PackageManager.getPackageInfo", (self, a) -> packed);
        Fakes.on("PackageManager.queryBroadcastReceivers", (self, a) -> distributors.stream().map(Phone::receiverOf).toList());
        Fakes.on("PackageManager.getApplicationInfo", (self, a) -> {
            android.content.pm.ApplicationInfo of = new android.content.pm.ApplicationInfo();
            of.packageName = (String) a[0];
            return of;
        });
        Fakes.on("PackageManager.getApplicationLabel", (self, a) -> "App " + ((android.content.pm.ApplicationInfo) a[0]).packageName);
        Fakes.on("Context.getString", (self, a) -> word((Integer) a[0], a.length > 1 ? (Object[]) a[1] : new Object[0]));
        Resources resources = new Resources(null, null, null);
        metrics.density = 2;
        Fakes.on("View.getResources", (self, a) -> resources);
        for (String of : new String[] {"ContextThemeWrapper", "ContextWrapper", "Context", "Activity"}) {
            Fakes.on(of + ".getResources", (self, a) -> resources);
            Fakes.on(of + ".checkSelfPermission", (self, a) -> permissions.contains(a[0]) ? 0 : -1);
        }
        Fakes.on("Resources.getDisplayMetrics", (self, a) -> metrics);
        Fakes.on("Resources.getBoolean", (self, a) -> night);
        ConnectivityManager connectivity = new ConnectivityManager();
        android.app.DownloadManager downloads = new android.app.DownloadManager();
        android.app.NotificationManager notifications = new android.app.NotificationManager();
        Fakes.on("NotificationManager.areNotificationsEnabled", (self, a) -> true);
        Fakes.on("NotificationManager.notify", (self, a) -> shown.put((String) a[0],
                Fakes.last("Builder.setContentTitle").arguments[0] + ": " + Fakes.last("Builder.setContentText").arguments[0]));
        Fakes.on("NotificationManager.cancel", (self, a) -> shown.remove(a[0]));
        Fakes.on("NotificationManager.getActiveNotifications", (self, a) -> shown.keySet().stream().sorted().map(tag -> {
            var each = new android.service.notification.StatusBarNotification(null);
            Fakes.of(each).putAll(Map.of("Id", 1, "Tag", tag));
            return each;
        }).toArray(android.service.notification.StatusBarNotification[]::new));
        Fakes.on("PendingIntent.getBroadcast", (self, a) -> {
            android.app.PendingIntent pending = new android.app.PendingIntent();
            Fakes.of(pending).putAll(Map.of("intent", a[2], "flags", a[3]));
            return pending;
        });
        Fakes.on("BroadcastOptions.makeBasic", (self, a) -> new android.app.BroadcastOptions());
        Fakes.on("BroadcastOptions.setShareIdentityEnabled", (self, a) -> {
            Fakes.of(self).put("shared", a[0]);
            return self;
        });
        Fakes.on("BroadcastOptions.toBundle", (self, a) -> {
            Bundle bundle = new Bundle();
            Fakes.of(bundle).put("shared", Fakes.of(self).get("shared"));
            return bundle;
        });
        Fakes.on("BroadcastReceiver.goAsync", (self, a) -> new android.content.BroadcastReceiver.PendingResult());
        Fakes.on("PendingIntent.getActivity", (self, a) -> {
            android.app.PendingIntent pending = new android.app.PendingIntent();
            Fakes.of(pending).put("intent", a[2]);
            return pending;
        });
        for (String of : new String[] {"Activity", "ContextWrapper", "ContextThemeWrapper"}) {
            Fakes.on(of + ".getSystemService", (self, a) -> a[0].equals(Context.CONNECTIVITY_SERVICE) ? connectivity
                    : a[0].equals(Context.NOTIFICATION_SERVICE) ? notifications : downloads);
        }
        Fakes.on("ConnectivityManager.getActiveNetworkInfo", (self, a) -> online ? new NetworkInfo() : null);
        Fakes.on("NetworkInfo.isConnected", (self, a) -> true);
        for (String answer : new String[] {"Title", "Items"}) Fakes.on("Builder.set" + answer, (self, a) -> self);
        Fakes.on("Toast.makeText", (self, a) -> new android.widget.Toast(null));
    }

    private static android.content.pm.ResolveInfo receiverOf(String name) {
        android.content.pm.ResolveInfo found = new android.content.pm.ResolveInfo();
        found.activityInfo = new android.content.pm.ActivityInfo();
        found.activityInfo.packageName = name;
        found.activityInfo.exported = true;
        return found;
    }

    /** What is kept under a name, as ContextWrapper.getSharedPreferences gives it. */
    private static SharedPreferences store(Map<String, Object> values) {
        SharedPreferences.Editor[] editor = new SharedPreferences.Editor[1];
        editor[0] = (SharedPreferences.Editor) Proxy.newProxyInstance(Phone.class.getClassLoader(),
                new Class<?>[] {SharedPreferences.Editor.class}, (self, method, a) -> {
                    if (method.getName().startsWith("put")) values.put((String) a[0], a[1]);
                    if (method.getName().equals("remove")) values.remove(a[0]);
                    if (method.getName().equals("clear")) values.clear();
                    return method.getReturnType() == boolean.class ? true : method.getReturnType() == void.class ? null : editor[0];
                });
        return (SharedPreferences) Proxy.newProxyInstance(Phone.class.getClassLoader(),
                new Class<?>[] {SharedPreferences.class}, (self, method, a) -> switch (method.getName()) {
                    case "contains" -> values.containsKey(a[0]);
                    case "edit" -> editor[0];
                    case "getAll" -> values;
                    default -> values.getOrDefault(a[0], a[1]);
                });
    }

    private static void intents() {
        Fakes.on("new Intent", (self, a) -> {
            Map<String, Object> of = Fakes.of(self);
            for (Object argument : a) {
                if (argument instanceof String) of.put("Action", argument);
                if (argument instanceof Uri) of.put("Data", argument);
                if (argument instanceof Class) of.put("class", argument);
            }
            return null;
        });
        Fakes.on("Intent.putExtra", (self, a) -> Fakes.of(self).put("extra " + a[0], a[1]));
        for (String get : new String[] {"getStringExtra", "getCharSequenceExtra", "getParcelableExtra", "getParcelableArrayListExtra", "getByteArrayExtra"}) {
            Fakes.on("Intent." + get, (self, a) -> Fakes.of(self).get("extra " + a[0]));
        }
        Fakes.on("Intent.addFlags", (self, a) -> {
            Fakes.of(self).merge("Flags", a[0], (x, y) -> (Integer) x | (Integer) y);
            return self;
        });
        Fakes.on("Uri.parse", (self, a) -> new Address((String) a[0]));
        Fakes.on("ClipData.newRawUri", (self, a) -> {
            android.content.ClipData clip = new android.content.ClipData("", null, null);
            Fakes.of(clip).put("uris", List.of(a[1]));
            return clip;
        });
        Fakes.on("ClipData.getItemCount", (self, a) -> ((List<?>) Fakes.of(self).get("uris")).size());
        Fakes.on("ClipData.getItemAt", (self, a) -> {
            android.content.ClipData.Item item = new android.content.ClipData.Item((CharSequence) null);
            Fakes.of(item).put("Uri", ((List<?>) Fakes.of(self).get("uris")).get((Integer) a[0]));
            return item;
        });
    }

    /** Android's Uri, as far as it is asked. */
    static final class Address extends Uri {
        private final String text;

        Address(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }

        @Override
        public String getScheme() {
            int at = text.indexOf(':');
            return at < 0 ? null : text.substring(0, at);
        }

        @Override
        public String getAuthority() {
            int at = text.indexOf("://");
            return at < 0 ? null : text.substring(at + 3).split("[/?#]", 2)[0];
        }

        @Override
        public String getLastPathSegment() {
            return text.substring(text.lastIndexOf('/') + 1);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Address && ((Address) other).text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    private void screens() {
        Fakes.on("Activity.setContentView", (self, a) -> {
            String name = names.get(a[0]);
            Map<String, View> views = new LinkedHashMap<>();
            inflate(xml("res/" + name + ".xml"), null, views);
            Fakes.of(self).put("views", views);
            return null;
        });
        Fakes.on("Activity.findViewById", (self, a) -> {
            String name = names.get(a[0]);
            Map<?, ?> views = (Map<?, ?>) Fakes.of(self).get("views");
            View view = (View) views.get(name.substring(name.indexOf('/') + 1));
            if (view == null) throw new AssertionError("there is no " + name + " on this screen");
            return view;
        });
        Fakes.on("View.setVisibility", (self, a) -> Fakes.of(self).put("Visibility", a[0]));
        for (String setText : new String[] {"TextView", "EditText"}) {
            Fakes.on(setText + ".setText", (self, a) -> {
                Fakes.of(self).put("text", a[0] instanceof Integer ? word((Integer) a[0]) : String.valueOf(a[0]));
                Object watcher = Fakes.of(self).get("watcher");
                if (watcher != null) ((android.text.TextWatcher) watcher).afterTextChanged(null);
                return null;
            });
            Fakes.on(setText + ".getText", (self, a) -> Proxy.newProxyInstance(Phone.class.getClassLoader(),
                    new Class<?>[] {android.text.Editable.class}, (proxy, method, none) -> method.getName().equals("length")
                            ? text(self).length() : text(self)));
        }
        Fakes.on("TextView.addTextChangedListener", (self, a) -> Fakes.of(self).put("watcher", a[0]));
        Window window = new Window(null);
        View decor = new View(null);
        Fakes.on("Activity.getWindow", (self, a) -> window);
        Fakes.on("Window.getDecorView", (self, a) -> decor);
        Fakes.on("View.getParent", (self, a) -> new android.widget.FrameLayout(null));
    }

    private void inflate(Element element, ViewGroup parent, Map<String, View> into) throws Exception {
        View view = null;
        for (String folder : new String[] {"android.widget.", "android.webkit.", "android.view."}) {
            try {
                view = (View) Class.forName(folder + element.getTagName()).getConstructor(Context.class).newInstance((Context) null);
                break;
            } catch (ClassNotFoundException e) {
                // In another one.
            }
        }
        if (view == null) view = new View(null);
        String id = element.getAttributeNS(ANDROID, "id");
        if (!id.isEmpty()) into.put(id.substring(id.indexOf('/') + 1), view);
        Fakes.of(view).put("Visibility", element.getAttributeNS(ANDROID, "visibility").equals("gone") ? View.GONE : View.VISIBLE);
        String text = element.getAttributeNS(ANDROID, "text");
        if (text.startsWith("@string/")) Fakes.of(view).put("text", words.get(text.substring(8)));
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element) inflate((Element) node, null, into);
        }
    }

    private void browser() {
        CookieManager manager = new CookieManager();
        Fakes.on("CookieManager.getInstance", (self, a) -> manager);
        Fakes.on("CookieManager.getCookie", (self, a) -> cookies.get(a[0]));
        ServiceWorkerController workers = new ServiceWorkerController();
        Fakes.on("ServiceWorkerController.getInstance", (self, a) -> workers);
        Fakes.on("WebSettings.getDefaultUserAgent", (self, a) -> browser);
        Fakes.on("WebView.getSettings", (self, a) -> Fakes.of(self).computeIfAbsent("settings", any -> {
            WebSettings settings = new WebSettings();
            Fakes.of(settings).put("UserAgentString", browser);
            return settings;
        }));
        Fakes.on("WebView.evaluateJavascript", (self, a) -> {
            @SuppressWarnings("unchecked")
            ValueCallback<String> callback = (ValueCallback<String>) a[1];
            if (callback != null) callback.onReceiveValue(scripts.getOrDefault(a[0], "null"));
            return null;
        });
        Fakes.on("WebView.saveState", (self, a) -> Fakes.of(a[0]).put("page", "kept"));
        Fakes.on("WebView.restoreState", (self, a) -> Fakes.of(a[0]).containsKey("page") ? new android.webkit.WebBackForwardList() : null);
    }

    /** Opens a screen with what it was opened for. */
    public <T extends Activity> T open(Class<T> screen, Intent intent, Bundle saved) throws Exception {
        var made = screen.getDeclaredConstructor();
        made.setAccessible(true);
        T activity = made.newInstance();
        Fakes.of(activity).put("Intent", intent);
        act(activity, "onCreate", Bundle.class, saved);
        return activity;
    }

    /** Calls what only Android may call. */
    public static void act(Activity activity, String name, Object... typesAndValues) throws Exception {
        Class<?>[] types = new Class<?>[typesAndValues.length / 2];
        Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = (Class<?>) typesAndValues[2 * i];
            values[i] = typesAndValues[2 * i + 1];
        }
        Method method = activity.getClass().getDeclaredMethod(name, types);
        method.setAccessible(true);
        try {
            method.invoke(activity, values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) throw error;
            throw (Exception) e.getCause();
        }
    }

    public static View view(Activity activity, String id) {
        Object view = ((Map<?, ?>) Fakes.of(activity).get("views")).get(id);
        if (view == null) throw new AssertionError("there is no " + id);
        return (View) view;
    }

    public static boolean shown(Activity activity, String id) {
        return ((Integer) Fakes.of(view(activity, id)).get("Visibility")) == View.VISIBLE;
    }

    public static String text(Object view) {
        Object text = Fakes.of(view).get("text");
        return text == null ? "" : (String) text;
    }

    public static String text(Activity activity, String id) {
        return text((Object) view(activity, id));
    }

    public static void write(Activity activity, String id, String text) {
        ((TextView) view(activity, id)).setText(text);
    }

    public static void press(Activity activity, String id) {
        View.OnClickListener listener = (View.OnClickListener) Fakes.of(view(activity, id)).get("OnClickListener");
        listener.onClick(view(activity, id));
    }

    /** What the app started last: an Intent. */
    public static Intent started() {
        return (Intent) Fakes.last("ContextWrapper.startActivity").arguments[0];
    }

    public static WebView page(Activity activity) {
        return (WebView) view(activity, "page");
    }

    /** For the names of what layouts alone use. */
    static final List<String> LAYOUTS = new ArrayList<>(List.of("android.widget.ScrollView", "android.widget.ImageView",
            "android.widget.LinearLayout", "android.widget.FrameLayout", "android.widget.ProgressBar", "android.widget.Button",
            "android.widget.EditText"));
}
