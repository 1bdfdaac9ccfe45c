package ingress

import "strings"

// Device is what to call the device of a User-Agent header, so that its owner
// knows it again in the list: the program and the system, as in "Firefox,
// Windows". Browsers call themselves many things; the one that is told apart
// last is the one that it is.
func Device(userAgent string) string {
	program, system := "", ""
	for _, known := range []struct{ mark, name string }{
		{"HappyChat/", "乐聊"},
		{"MicroMessenger/", "WeChat"},
		{"Edg/", "Edge"},
		{"EdgA/", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Vivaldi/", "Vivaldi"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
		{"curl/", "curl"},
		{"NetSurf/", "NetSurf"},
		{"Lynx/", "Lynx"},
		{"w3m/", "w3m"},
		{"MSIE ", "Internet Explorer"},
		{"Trident/", "Internet Explorer"},
	} {
		if strings.Contains(userAgent, known.mark) {
			program = known.name
			break
		}
	}
	for _, known := range []struct{ mark, name string }{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"HarmonyOS", "HarmonyOS"},
		{"OpenHarmony", "HarmonyOS"},
		{"CrOS", "ChromeOS"},
		{"Windows", "Windows"},
		{"Macintosh", "macOS"},
		{"Linux", "Linux"},
	} {
		if strings.Contains(userAgent, known.mark) {
			system = known.name
			break
		}
	}
	switch {
	case program != "" && system != "":
		return program + ", " + system
	case program != "" || system != "":
		return program + system
	}
	name, _, _ := strings.Cut(userAgent, " ")
	name, _, _ = strings.Cut(name, "/")
	return printable(name)
}

// printable keeps the letters that every header may have.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}
