package offline

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/happychat/happychat/internal/robot/almanac"
)

var (
	zhWeekdays = [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}
	stems      = []rune("甲乙丙丁戊己庚辛壬癸")
	branches   = []rune("子丑寅卯辰巳午未申酉戌亥")
	animals    = []rune("鼠牛虎兔龙蛇马羊猴鸡狗猪")
	animalsEn  = [12]string{"Rat", "Ox", "Tiger", "Rabbit", "Dragon", "Snake", "Horse", "Goat", "Monkey", "Rooster", "Dog", "Pig"}
)

// dayText writes a day with its weekday.
func dayText(t time.Time, zh bool) string {
	if zh {
		return fmt.Sprintf("%d年%d月%d日 %s", t.Year(), t.Month(), t.Day(), zhWeekdays[t.Weekday()])
	}
	return t.Format("Monday, 2 January 2006")
}

// timeText writes the time of day.
func timeText(t time.Time) string { return t.Format("15:04") }

// momentText writes a time as people say it: today and tomorrow by name.
func momentText(t, now time.Time, zh bool) string {
	t = t.In(now.Location())
	var day string
	switch days := almanac.Days(now, t); {
	case days == 0:
		day = pick(zh, "今天", "today")
	case days == 1:
		day = pick(zh, "明天", "tomorrow")
	case days == 2 && zh:
		day = "后天"
	case zh && t.Year() == now.Year():
		day = fmt.Sprintf("%d月%d日（%s）", t.Month(), t.Day(), zhWeekdays[t.Weekday()])
	case t.Year() == now.Year():
		day = "on " + t.Format("Monday, 2 January")
	case zh:
		day = dayText(t, true)
	default:
		day = "on " + dayText(t, false)
	}
	if zh {
		return day + " " + timeText(t)
	}
	return day + " at " + timeText(t)
}

func pick(zh bool, inChinese, inEnglish string) string {
	if zh {
		return inChinese
	}
	return inEnglish
}

var (
	lunarMonths = [13]string{"", "正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月"}
	zhDigits    = []rune("〇一二三四五六七八九十")
)

func lunarDayName(day int) string {
	switch {
	case day == 20:
		return "二十"
	case day == 30:
		return "三十"
	case day <= 10:
		return "初" + string(zhDigits[day])
	case day < 20:
		return "十" + string(zhDigits[day-10])
	}
	return "廿" + string(zhDigits[day-20])
}

// yearName is such as 丙午.
func yearName(year int) string {
	return string(stems[almanac.Stem(year)]) + string(branches[almanac.Branch(year)])
}

func animal(year int, zh bool) string {
	if zh {
		return string(animals[almanac.Branch(year)])
	}
	return animalsEn[almanac.Branch(year)]
}

func ordinal(n int) string {
	suffix := "th"
	if n/10 != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprint(n, suffix)
}

// lunarText writes a lunar date.
func lunarText(l almanac.Lunar, zh bool) string {
	leap := ""
	if zh {
		if l.Leap {
			leap = "闰"
		}
		return fmt.Sprintf("农历%s年（%s年）%s%s%s", yearName(l.Year), animal(l.Year, true), leap, lunarMonths[l.Month], lunarDayName(l.Day))
	}
	if l.Leap {
		leap = "leap "
	}
	return fmt.Sprintf("the %s day of the %s%s lunar month, in the year of the %s", ordinal(l.Day), leap, ordinal(l.Month), animal(l.Year, false))
}

// tags are what is special about a day, in parentheses.
func tags(day time.Time, zh bool) string {
	list := festivalsOn(day, zh)
	if len(list) == 0 {
		return ""
	}
	if zh {
		return "（" + strings.Join(list, "、") + "）"
	}
	return " (" + strings.Join(list, ", ") + ")"
}

var (
	reBetween  = regexp.MustCompile(`^(?:从|from|between)? ?(.{2,40}?)(?:到|至|和|与| to | and | until )(.{2,40}?)(?:之间|相差|相隔|隔|有|是|一共|总共)*(?:多少天|几天|多久|多长时间)?$`)
	reTimezone = regexp.MustCompile(`几点|时间|what time|time (?:is it )?(?:now )?in|current time|the time|local time`)
	reLeap     = regexp.MustCompile(`闰年|leap year`)
	reZodiac   = regexp.MustCompile(`属相|属什么|属啥|生肖|zodiac|year of the what|what animal`)
)

// calendar answers what is about dates, times and the calendars.
func calendar(q *ask) (string, bool) {
	for _, try := range []func(*ask) (string, bool){zodiac, leapYear, between, until, lunarToday, term, clock, weekday, dateOf} {
		if text, ok := try(q); ok {
			return text, true
		}
	}
	return "", false
}

func askedYear(q *ask) int {
	if m := reZhYear.FindString(q.plain); m != "" {
		return zhYear(m, q.Now)
	}
	if m := reYear.FindString(q.plain); m != "" {
		return num(m)
	}
	switch {
	case has(q.plain, "next year"):
		return q.Now.Year() + 1
	case has(q.plain, "last year"):
		return q.Now.Year() - 1
	}
	return 0
}

func zodiac(q *ask) (string, bool) {
	gz := has(q.plain, "干支", "天干地支", "什么年")
	if !reZodiac.MatchString(q.plain) && !gz {
		return "", false
	}
	year := askedYear(q)
	if year == 0 && has(q.plain, "我") {
		return q.say("你是哪年出生的？告诉我“1990年属什么”，我就能算出来。", "Which year were you born? Ask me “zodiac of 1990” and I will tell."), true
	}
	if year == 0 {
		if l, ok := almanac.FromDate(q.Now); ok {
			year = l.Year
		} else {
			year = q.Now.Year()
		}
	}
	if year < 4 || year > 9999 {
		return "", false
	}
	start, known := almanac.NewYear(year)
	if q.zh {
		text := fmt.Sprintf("%d年是农历%s年，属%s。", year, yearName(year), animal(year, true))
		if known {
			text += fmt.Sprintf("从%d月%d日（春节）算起，之前出生的属%s。", start.Month(), start.Day(), animal(year-1, true))
		}
		return text, true
	}
	text := fmt.Sprintf("%d is the year of the %s (%s).", year, animal(year, false), yearName(year))
	if known {
		text += fmt.Sprintf(" It begins on %s; before that it is still the %s.", start.Format("2 January"), animal(year-1, false))
	}
	return text, true
}

func leapYear(q *ask) (string, bool) {
	if !reLeap.MatchString(q.plain) {
		return "", false
	}
	year := askedYear(q)
	if year == 0 {
		year = q.Now.Year()
	}
	if year < 1 || year > 9999 {
		return "", false
	}
	if leap(year) {
		return q.say(fmt.Sprintf("是的，%d年是闰年，二月有29天。", year), fmt.Sprintf("Yes, %d is a leap year: February has 29 days.", year)), true
	}
	next := year + 1
	for !leap(next) {
		next++
	}
	return q.say(fmt.Sprintf("不是，%d年是平年。下一个闰年是%d年。", year, next), fmt.Sprintf("No, %d is not a leap year. The next one is %d.", year, next)), true
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func between(q *ask) (string, bool) {
	if !has(q.plain, "天", "多久", "days") || !has(q.plain, "到", "至", "和", "与", "between", "from") {
		return "", false
	}
	text := strings.TrimSpace(q.plain)
	for _, cut := range []string{"how many days are there ", "how many days are ", "how many days ", "days ", "有多少天", "有几天"} {
		text = strings.TrimPrefix(text, cut)
	}
	m := reBetween.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	a, ok1 := findDate(m[1], q.Now)
	b, ok2 := findDate(m[2], q.Now)
	if !ok1 || !ok2 {
		return "", false
	}
	if a.wrong || b.wrong {
		return q.noSuchDay(), true
	}
	if b.yearly && b.day.Before(a.day) {
		b.day = b.day.AddDate(1, 0, 0)
	}
	days := almanac.Days(a.day, b.day)
	if days < 0 {
		a, b, days = b, a, -days
	}
	return q.say(
		fmt.Sprintf("从%s到%s相隔 %d 天。", dayText(a.day, true), dayText(b.day, true), days),
		fmt.Sprintf("From %s to %s it is %s.", dayText(a.day, false), dayText(b.day, false), count(days, "day"))), true
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprint(n, " ", noun, "s")
}

func (q *ask) noSuchDay() string {
	return q.say("这一天好像不存在，或者超出了我知道的年份（农历是1900到2100年）。", "There is no such day, or it is beyond the years I know (1900 to 2100 for the Chinese calendar).")
}

var reUntil = regexp.MustCompile(`(?:还有|还剩|距离?|离|再过|剩下).*(?:多少天|几天|多久|多长时间|多少个?星期|几周)|(?:多少天|几天|多久)(?:到|后是|就是|才到|过)|倒计时|how (?:many (?:days|weeks)|long|much time) (?:is it |are there |are left |left |to go )?(?:un)?till?\b|how (?:many days|long) (?:is it )?(?:to|before)\b|days (?:un)?till?\b|days to\b|countdown to|how many days since|how long ago|几天了|多少天了`)

func until(q *ask) (string, bool) {
	if !reUntil.MatchString(q.plain) {
		return "", false
	}
	f, ok := findDate(q.plain, q.Now)
	if !ok {
		return "", false
	}
	if f.wrong {
		return q.noSuchDay(), true
	}
	days := almanac.Days(q.Now, f.day)
	name := f.name
	if q.zh {
		what := dayText(f.day, true)
		if name != "" {
			what = name + "（" + what + "）"
		}
		switch {
		case days == 0:
			return fmt.Sprintf("就是今天：%s。", what), true
		case days < 0:
			return fmt.Sprintf("%s 已经过去 %d 天了。", what, -days), true
		}
		return fmt.Sprintf("距离%s还有 %d 天。", what, days), true
	}
	what := dayText(f.day, false)
	if name != "" {
		what = festivalName(name, false) + " (" + what + ")"
	}
	switch {
	case days == 0:
		return what + " is today.", true
	case days < 0:
		return fmt.Sprintf("%s was %s ago.", what, count(-days, "day")), true
	}
	return fmt.Sprintf("%s to go until %s.", count(days, "day"), what), true
}

// festivalName gives the name of a festival in another language; the name
// itself where it has none.
func festivalName(name string, zh bool) string {
	for _, f := range festivals {
		for _, names := range [][]string{f.zh, f.en} {
			if len(names) > 0 && names[0] == name {
				if zh {
					return f.zh[0]
				}
				if len(f.en) > 0 {
					return f.en[0]
				}
			}
		}
	}
	return name
}

func lunarToday(q *ask) (string, bool) {
	if !has(q.plain, "农历", "阴历", "旧历", "黄历", "老黄历", "lunar date", "lunar calendar", "chinese calendar", "lunar day", "chinese date", "lunar") {
		return "", false
	}
	f, ok := findDate(q.plain, q.Now)
	if ok && f.wrong {
		return q.noSuchDay(), true
	}
	if ok && (reZhLunar.MatchString(q.plain) || f.name != "") { // a lunar date: the other way round
		if !has(q.plain, "几", "哪", "什么", "多少", "公历", "阳历", "when", "what", "which", "?") && q.plain != q.plain[f.from:f.to] {
			return "", false
		}
		return describe(q, f), true
	}
	if !ok {
		f = found{day: almanac.Day(q.Now)}
	}
	return describe(q, f), true
}

// describe tells all about one day.
func describe(q *ask, f found) string {
	name := ""
	if f.name != "" {
		name = festivalName(f.name, q.zh)
	}
	l, known := almanac.FromDate(f.day)
	if q.zh {
		text := dayText(f.day, true) + tags(f.day, true)
		if name != "" {
			text = name + "是" + dayText(f.day, true)
		}
		if known {
			text += "，" + lunarText(l, true)
		}
		return text + "。" + distance(q, f.day)
	}
	text := dayText(f.day, false) + tags(f.day, false)
	if name != "" {
		text = name + " is on " + dayText(f.day, false)
	}
	if known {
		text += ", " + lunarText(l, false)
	}
	return text + "." + distance(q, f.day)
}

func distance(q *ask, day time.Time) string {
	switch days := almanac.Days(q.Now, day); {
	case days == 0:
		return q.say("就是今天。", " That is today.")
	case days == 1:
		return q.say("就是明天。", " That is tomorrow.")
	case days == -1:
		return q.say("就是昨天。", " That was yesterday.")
	case days > 0:
		return q.say(fmt.Sprintf("还有 %d 天。", days), fmt.Sprintf(" That is in %d days.", days))
	default:
		return q.say(fmt.Sprintf("已经过去 %d 天。", -days), fmt.Sprintf(" That was %d days ago.", -days))
	}
}

func term(q *ask) (string, bool) {
	if !has(q.plain, "节气", "solar term") {
		return "", false
	}
	text := ""
	if t, ok := almanac.TermOf(q.Now); ok {
		text = q.say("今天是"+termNames[t]+"。", "Today is "+termNamesEn[t]+" ("+termNames[t]+"). ")
	}
	next, day, ok := almanac.NextTerm(q.Now)
	if !ok {
		return q.noSuchDay(), true
	}
	return text + q.say(
		fmt.Sprintf("下一个节气是%s，%s，还有 %d 天。", termNames[next], dayText(day, true), almanac.Days(q.Now, day)),
		fmt.Sprintf("The next solar term is %s (%s), on %s, in %s.", termNamesEn[next], termNames[next], dayText(day, false), count(almanac.Days(q.Now, day), "day"))), true
}

func clock(q *ask) (string, bool) {
	name, zone, ok := findCity(q.plain, q.zh)
	if ok && (reTimezone.MatchString(q.plain) || has(q.plain, "time", "现在", "几号", "date in")) {
		there := q.Now.In(zone)
		text := q.say(
			fmt.Sprintf("%s现在是 %s，%s。", name, timeText(there), dayText(there, true)),
			fmt.Sprintf("In %s it is %s, %s.", name, timeText(there), dayText(there, false)))
		_, here := q.Now.Zone()
		_, offset := there.Zone()
		if minutes := (offset - here) / 60; minutes != 0 && q.ZoneKnown {
			text += q.say("比你那里"+shift(minutes, true)+"。", " That is "+shift(minutes, false)+" you.")
		}
		return text, true
	}
	if is(bare(q.plain), "几点", "几点了", "现在几点", "现在几点了", "现在时间", "时间", "现在是几点", "现在什么时间", "现在什么时候", "what time is it", "what's the time", "what is the time", "time", "what time is it now", "current time", "the time", "time now", "what's the time now", "tell me the time") {
		text := q.say("现在是 "+timeText(q.Now)+"，"+dayText(q.Now, true)+"。", "It is "+timeText(q.Now)+", "+dayText(q.Now, false)+".")
		if !q.ZoneKnown {
			text += q.say("（服务器所在时区的时间）", " (That is in the server's time zone.)")
		}
		return text, true
	}
	return "", false
}

// shift writes a difference of time zones.
func shift(minutes int, zh bool) string {
	size := max(minutes, -minutes)
	var amount string
	switch h, m := size/60, size%60; {
	case zh && m == 0:
		amount = fmt.Sprintf("%d 小时", h)
	case zh:
		amount = fmt.Sprintf("%d 小时 %d 分", h, m)
	case m == 0:
		amount = count(h, "hour")
	default:
		amount = count(h, "hour") + " and " + count(m, "minute")
	}
	switch {
	case zh && minutes > 0:
		return "早 " + amount
	case zh:
		return "晚 " + amount
	case minutes > 0:
		return amount + " ahead of"
	}
	return amount + " behind"
}

func weekday(q *ask) (string, bool) {
	if !has(q.plain, "星期几", "周几", "礼拜几", "what day", "which day", "day of the week", "weekday", "第几周", "week number", "which week") {
		return "", false
	}
	f, ok := findDate(q.plain, q.Now)
	if ok && f.wrong {
		return q.noSuchDay(), true
	}
	if !ok {
		f = found{day: almanac.Day(q.Now)}
	}
	if has(q.plain, "第几周", "week number", "which week") {
		_, week := f.day.ISOWeek()
		return q.say(fmt.Sprintf("%s是第 %d 周。", dayText(f.day, true), week), fmt.Sprintf("%s is in week %d.", dayText(f.day, false), week)), true
	}
	return describe(q, f), true
}

var reDateOf = regexp.MustCompile(`几号|几月几|哪(?:一)?天|什么日子|什么时候|日期|when is|when's|when was|when will|what date|what's the date|what is the date|the date|date of|today's date|what is today|what's today`)

// dateOf tells when something is, and describes a text that is a date alone.
func dateOf(q *ask) (string, bool) {
	f, ok := findDate(q.plain, q.Now)
	alone := ok && bare(q.plain) == bare(q.plain[f.from:f.to])
	asked := reDateOf.MatchString(q.plain)
	switch {
	case ok && f.wrong && (asked || alone):
		return q.noSuchDay(), true
	case ok && (asked || alone):
		return describe(q, f), true
	case asked && is(bare(q.plain), "几号", "今天几号", "日期", "date", "what's the date", "what is the date", "what date is it", "几月几号", "几月几日", "the date"), is(bare(q.plain), "date"):
		return describe(q, found{day: almanac.Day(q.Now)}), true
	}
	return "", false
}
