package offline

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/happychat/happychat/internal/robot/almanac"
	"github.com/happychat/happychat/internal/robot/calc"
)

// found is a date that a text names.
type found struct {
	day      time.Time // midnight UTC
	from, to int       // where, in bytes
	name     string    // of the festival in the text's own language, if it is one
	yearly   bool      // no year was given: the next one is meant
	wrong    bool      // there is no such day
}

const (
	zhNumber  = `(?:\d{1,4}|[零〇一二两三四五六七八九十百]{1,5})`
	enMonths  = `jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?`
	enWeekday = `mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?`
)

var (
	reISO      = regexp.MustCompile(`\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b`)
	reZhLunar  = regexp.MustCompile(`(?:(今年|明年|后年|去年|` + zhNumber + `年)的?)?(?:农历|阴历|旧历)的?(?:(今年|明年|后年|去年|` + zhNumber + `年)的?)?(闰?)(正|冬|腊|` + zhNumber + `)月(?:(初|廿|卅)?(` + zhNumber + `)(?:日|号)?)`)
	reZhDate   = regexp.MustCompile(`(?:(今年|明年|后年|去年|` + zhNumber + `年)的?)?(` + zhNumber + `)月(` + zhNumber + `)[日号]`)
	reZhDay    = regexp.MustCompile(`(本月|这个月|下个月|下月)?(` + zhNumber + `)号`)
	reZhWeek   = regexp.MustCompile(`(这个?|本|下下个?|下个?|上个?)?(?:周|星期|礼拜)([一二三四五六日天])`)
	reZhNear   = regexp.MustCompile(`大后天|大前天|后天|前天|明天|明日|明早|明晚|昨天|昨日|昨晚|今天|今日|今晚|今早|今夜`)
	reZhAhead  = regexp.MustCompile(`(` + zhNumber + `)(?:个)?(天|周|星期|礼拜|月|年)(之后|以后|后|之前|以前|前)`)
	reEnNear   = regexp.MustCompile(`\b(?:the )?day after tomorrow\b|\b(?:the )?day before yesterday\b|\btomorrow\b|\byesterday\b|\btoday\b|\btonight\b`)
	reEnMonth  = regexp.MustCompile(`\b(` + enMonths + `)\.? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?`)
	reEnDay    = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? (` + enMonths + `)\b\.?(?:,? (\d{4})\b)?`)
	reEnWeek   = regexp.MustCompile(`\b(?:(next|this|last|on|coming) )?(` + enWeekday + `)\b`)
	reEnAhead  = regexp.MustCompile(`\b(\d{1,4}|a|an|one|two|three|four|five|six|seven|ten) (day|week|month|year)s? (from now|from today|later|ago)\b`)
	reEnInDays = regexp.MustCompile(`\bin (\d{1,4}|a|an|one|two|three|four|five|six|seven|ten) (day|week|month|year)s?\b`)
	reZhYear   = regexp.MustCompile(`(今年|明年|后年|去年|\d{4}年|[零〇一二三四五六七八九]{4}年)`)
	reYear     = regexp.MustCompile(`\b(\d{4})\b`)
)

var enNumbers = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}

// num reads a whole number in figures or words; -1 if it is none.
func num(s string) int {
	if n, ok := enNumbers[s]; ok {
		return n
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if v, ok := calc.Chinese(s); ok && v.IsInt() && v.Num().IsInt64() {
		return int(v.Num().Int64())
	}
	return -1
}

func monthNamed(s string) time.Month {
	i := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", s[:3])
	return time.Month(i/3 + 1)
}

func weekdayNamed(s string) time.Weekday {
	return time.Weekday(strings.Index("sunmontuewedthufrisat", s[:3]) / 3)
}

func zhWeekday(s string) time.Weekday {
	if s == "天" {
		s = "日"
	}
	return time.Weekday(strings.Index("日一二三四五六", s) / len("日"))
}

// zhYear is the year that a word such as 明年 or 2028年 means; 0 if it is empty.
func zhYear(s string, now time.Time) int {
	switch s {
	case "":
		return 0
	case "今年":
		return now.Year()
	case "明年":
		return now.Year() + 1
	case "后年":
		return now.Year() + 2
	case "去年":
		return now.Year() - 1
	}
	n := num(strings.TrimSuffix(s, "年"))
	if n >= 0 && n < 100 && len(s) <= len("99年") {
		n += 2000
	}
	return n
}

// finder reads what its pattern has found; false if that is no date after all.
type finder struct {
	re   *regexp.Regexp
	read func(m []string, today time.Time) (found, bool)
}

var finders = []finder{
	{reISO, func(m []string, _ time.Time) (found, bool) { return exactly(num(m[1]), num(m[2]), num(m[3])), true }},
	{reZhLunar, func(m []string, today time.Time) (found, bool) {
		year := max(zhYear(m[1], today), zhYear(m[2], today))
		month := num(m[4])
		if i := strings.Index("正", m[4]); i == 0 {
			month = 1
		} else if m[4] == "冬" {
			month = 11
		} else if m[4] == "腊" {
			month = 12
		}
		day := num(m[6])
		switch m[5] {
		case "廿":
			day += 20
		case "卅":
			day += 30
		}
		return lunarDay(year, month, m[3] != "", day, today), true
	}},
	{reZhDate, func(m []string, today time.Time) (found, bool) {
		if year := zhYear(m[1], today); year != 0 {
			return exactly(year, num(m[2]), num(m[3])), true
		}
		return nextDate(num(m[2]), num(m[3]), today), true
	}},
	{reEnMonth, func(m []string, today time.Time) (found, bool) {
		if m[3] != "" {
			return exactly(num(m[3]), int(monthNamed(m[1])), num(m[2])), true
		}
		return nextDate(int(monthNamed(m[1])), num(m[2]), today), true
	}},
	{reEnDay, func(m []string, today time.Time) (found, bool) {
		if m[3] != "" {
			return exactly(num(m[3]), int(monthNamed(m[2])), num(m[1])), true
		}
		return nextDate(int(monthNamed(m[2])), num(m[1]), today), true
	}},
	{reZhNear, func(m []string, today time.Time) (found, bool) {
		days := 0
		switch {
		case m[0] == "大后天":
			days = 3
		case m[0] == "后天":
			days = 2
		case strings.HasPrefix(m[0], "明"):
			days = 1
		case strings.HasPrefix(m[0], "昨"):
			days = -1
		case m[0] == "前天":
			days = -2
		case m[0] == "大前天":
			days = -3
		}
		return found{day: today.AddDate(0, 0, days)}, true
	}},
	{reEnNear, func(m []string, today time.Time) (found, bool) {
		days := 0
		switch {
		case strings.HasSuffix(m[0], "after tomorrow"):
			days = 2
		case strings.HasSuffix(m[0], "before yesterday"):
			days = -2
		case m[0] == "tomorrow":
			days = 1
		case m[0] == "yesterday":
			days = -1
		}
		return found{day: today.AddDate(0, 0, days)}, true
	}},
	{reZhAhead, func(m []string, today time.Time) (found, bool) {
		return ahead(num(m[1]), m[2], strings.HasSuffix(m[3], "前"), today)
	}},
	{reEnAhead, func(m []string, today time.Time) (found, bool) { return ahead(num(m[1]), m[2], m[3] == "ago", today) }},
	{reEnInDays, func(m []string, today time.Time) (found, bool) { return ahead(num(m[1]), m[2], false, today) }},
	{reZhWeek, func(m []string, today time.Time) (found, bool) {
		// Weeks begin on Monday; 下周 is the one after this.
		day := monday(today).AddDate(0, 0, (int(zhWeekday(m[2]))+6)%7)
		switch {
		case strings.HasPrefix(m[1], "下下"):
			day = day.AddDate(0, 0, 14)
		case strings.HasPrefix(m[1], "下"):
			day = day.AddDate(0, 0, 7)
		case strings.HasPrefix(m[1], "上"):
			day = day.AddDate(0, 0, -7)
		case m[1] == "" && day.Before(today):
			day = day.AddDate(0, 0, 7)
		}
		return found{day: day}, true
	}},
	{reEnWeek, func(m []string, today time.Time) (found, bool) {
		if m[1] == "" && len(m[2]) < 4 { // sun, sat, wed and mar are words
			return found{}, false
		}
		days := (int(weekdayNamed(m[2])) - int(today.Weekday()) + 7) % 7
		switch m[1] {
		case "next": // that of the next week
			return found{day: monday(today).AddDate(0, 0, 7+(int(weekdayNamed(m[2]))+6)%7)}, true
		case "last":
			days -= 7
		}
		return found{day: today.AddDate(0, 0, days)}, true
	}},
	{reZhDay, func(m []string, today time.Time) (found, bool) {
		n := num(m[2])
		if n < 1 || n > 31 {
			return found{}, false
		}
		month := today.Month()
		if strings.HasPrefix(m[1], "下") || m[1] == "" && n < today.Day() {
			month++
		}
		day := almanac.Date(today.Year(), month, n)
		return found{day: day, wrong: day.Day() != n}, true
	}},
}

func monday(day time.Time) time.Time { return day.AddDate(0, 0, -(int(day.Weekday())+6)%7) }

func exactly(year, month, day int) found {
	t := almanac.Date(year, time.Month(month), day)
	return found{day: t, wrong: year < 1 || t.Year() != year || int(t.Month()) != month || t.Day() != day}
}

// nextDate is the first from today on.
func nextDate(month, day int, today time.Time) found {
	for year := today.Year(); year < today.Year()+9; year++ { // the 29th of February
		if f := exactly(year, month, day); !f.wrong && !f.day.Before(today) {
			f.yearly = true
			return f
		}
	}
	return found{wrong: true}
}

func lunarDay(year, month int, leap bool, day int, today time.Time) found {
	if year != 0 {
		d, ok := almanac.Lunar{Year: year, Month: month, Leap: leap, Day: day}.Date()
		return found{day: d, wrong: !ok}
	}
	for year := today.Year() - 1; year < today.Year()+40; year++ {
		if d, ok := (almanac.Lunar{Year: year, Month: month, Leap: leap, Day: day}).Date(); ok && !d.Before(today) {
			return found{day: d, yearly: true}
		}
	}
	return found{wrong: true}
}

func ahead(n int, unit string, back bool, today time.Time) (found, bool) {
	if n < 0 {
		return found{}, false
	}
	if back {
		n = -n
	}
	switch unit {
	case "天", "day":
		return found{day: today.AddDate(0, 0, n)}, true
	case "周", "星期", "礼拜", "week":
		return found{day: today.AddDate(0, 0, 7*n)}, true
	case "月", "month":
		return found{day: addMonths(today, n)}, true
	}
	return found{day: addMonths(today, 12*n)}, true
}

// addMonths keeps to the end of a month that is shorter.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), 0, t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// findDate finds the first date in a text; of several in the same place the
// longest.
func findDate(text string, now time.Time) (found, bool) {
	today := almanac.Day(now)
	best, ok := findFestival(text, today)
	for _, f := range finders {
		at := f.re.FindStringSubmatchIndex(text)
		if at == nil || ok && (at[0] > best.from || at[0] == best.from && at[1] <= best.to) {
			continue
		}
		if ok && at[0] < best.from && at[1] > best.from && at[1] <= best.to {
			continue // 今年 of 今年春节
		}
		got, is := f.read(groups(text, at), today)
		if !is {
			continue
		}
		got.from, got.to = at[0], at[1]
		best, ok = got, true
	}
	return best, ok
}

func groups(text string, at []int) []string {
	m := make([]string, len(at)/2)
	for i := range m {
		if at[2*i] >= 0 {
			m[i] = text[at[2*i]:at[2*i+1]]
		}
	}
	return m
}

// festival is a day with a name.
type festival struct {
	zh, en []string // the first is what it is called
	day    func(year int) (time.Time, bool)
}

func solar(month time.Month, day int) func(int) (time.Time, bool) {
	return func(year int) (time.Time, bool) { return almanac.Date(year, month, day), true }
}

func lunar(month, day int) func(int) (time.Time, bool) {
	return func(year int) (time.Time, bool) { return almanac.Lunar{Year: year, Month: month, Day: day}.Date() }
}

// nth is the n-th such weekday of a month.
func nth(month time.Month, weekday time.Weekday, n int) func(int) (time.Time, bool) {
	return func(year int) (time.Time, bool) {
		first := almanac.Date(year, month, 1)
		return first.AddDate(0, 0, (int(weekday)-int(first.Weekday())+7)%7+7*(n-1)), true
	}
}

// easter is by the anonymous Gregorian algorithm (Nature, 1876).
func easter(year int) (time.Time, bool) {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	month := (h + l - 7*m + 114) / 31
	day := (h+l-7*m+114)%31 + 1
	return almanac.Date(year, time.Month(month), day), true
}

var termNames = [24]string{
	"小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至",
	"小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
}

var termNamesEn = [24]string{
	"Minor Cold", "Major Cold", "Start of Spring", "Rain Water", "Awakening of Insects", "Spring Equinox", "Pure Brightness", "Grain Rain", "Start of Summer", "Grain Buds", "Grain in Ear", "Summer Solstice",
	"Minor Heat", "Major Heat", "Start of Autumn", "End of Heat", "White Dew", "Autumn Equinox", "Cold Dew", "Frost's Descent", "Start of Winter", "Minor Snow", "Major Snow", "Winter Solstice",
}

var festivals = func() []festival {
	list := []festival{
		{[]string{"元旦"}, []string{"New Year's Day", "new years day", "new year"}, solar(1, 1)},
		{[]string{"情人节"}, []string{"Valentine's Day", "valentines day", "valentine"}, solar(2, 14)},
		{[]string{"妇女节", "三八节"}, []string{"Women's Day", "womens day"}, solar(3, 8)},
		{[]string{"植树节"}, []string{"Arbor Day"}, solar(3, 12)},
		{[]string{"愚人节"}, []string{"April Fools' Day", "april fools", "april fool's day"}, solar(4, 1)},
		{[]string{"劳动节", "五一节", "五一"}, []string{"Labour Day", "labor day", "may day"}, solar(5, 1)},
		{[]string{"青年节", "五四"}, []string{"Youth Day"}, solar(5, 4)},
		{[]string{"儿童节", "六一节", "六一"}, []string{"Children's Day", "childrens day"}, solar(6, 1)},
		{[]string{"建党节"}, nil, solar(7, 1)},
		{[]string{"建军节", "八一"}, nil, solar(8, 1)},
		{[]string{"教师节"}, []string{"Teachers' Day", "teachers day", "teacher's day"}, solar(9, 10)},
		{[]string{"国庆节", "国庆", "十一假期"}, []string{"National Day"}, solar(10, 1)},
		{[]string{"万圣节前夜", "万圣夜", "万圣节"}, []string{"Halloween"}, solar(10, 31)},
		{[]string{"平安夜"}, []string{"Christmas Eve"}, solar(12, 24)},
		{[]string{"圣诞节", "圣诞"}, []string{"Christmas", "xmas"}, solar(12, 25)},
		{[]string{"跨年夜", "跨年"}, []string{"New Year's Eve", "new years eve"}, solar(12, 31)},
		{[]string{"春节", "过年", "大年初一", "农历新年", "新年"}, []string{"Chinese New Year", "lunar new year", "spring festival"}, lunar(1, 1)},
		{[]string{"元宵节", "元宵"}, []string{"Lantern Festival"}, lunar(1, 15)},
		{[]string{"龙抬头", "二月二"}, nil, lunar(2, 2)},
		{[]string{"端午节", "端午"}, []string{"Dragon Boat Festival", "dragon boat"}, lunar(5, 5)},
		{[]string{"七夕节", "七夕"}, []string{"Qixi Festival", "qixi"}, lunar(7, 7)},
		{[]string{"中元节"}, []string{"Ghost Festival"}, lunar(7, 15)},
		{[]string{"中秋节", "中秋"}, []string{"Mid-Autumn Festival", "mid autumn festival", "mid-autumn", "moon festival"}, lunar(8, 15)},
		{[]string{"重阳节", "重阳"}, []string{"Double Ninth Festival", "chongyang"}, lunar(9, 9)},
		{[]string{"腊八节", "腊八"}, []string{"Laba Festival"}, lunar(12, 8)},
		{[]string{"除夕", "大年三十", "年三十"}, []string{"Chinese New Year's Eve", "lunar new year's eve"}, func(year int) (time.Time, bool) {
			t, ok := almanac.NewYear(year)
			return t.AddDate(0, 0, -1), ok
		}},
		{[]string{"清明节", "清明"}, []string{"Qingming Festival", "qingming", "tomb sweeping day"}, func(year int) (time.Time, bool) { return almanac.TermDate(year, 6) }},
		{[]string{"母亲节"}, []string{"Mother's Day", "mothers day"}, nth(5, time.Sunday, 2)},
		{[]string{"父亲节"}, []string{"Father's Day", "fathers day"}, nth(6, time.Sunday, 3)},
		{[]string{"感恩节"}, []string{"Thanksgiving"}, nth(11, time.Thursday, 4)},
		{[]string{"复活节"}, []string{"Easter"}, easter},
	}
	for i := range termNames {
		if i != 6 {
			list = append(list, festival{
				[]string{termNames[i]},
				[]string{termNamesEn[i]},
				func(year int) (time.Time, bool) { return almanac.TermDate(year, almanac.Term(i)) },
			})
		}
	}
	return list
}()

// findFestival finds the longest name of a festival; a year beside it counts.
func findFestival(text string, today time.Time) (found, bool) {
	var best festival
	name, from, to := "", 0, 0
	for _, f := range festivals {
		for _, names := range [][]string{f.zh, f.en} {
			for _, n := range names {
				key := strings.ToLower(n)
				i := strings.Index(text, key)
				if i < 0 || len(key) <= to-from || latin(key[0]) && !edge(text, i, i+len(key)) {
					continue
				}
				best, from, to = f, i, i+len(key)
				name = names[0]
			}
		}
	}
	if name == "" {
		return found{}, false
	}
	year := 0
	if at := reZhYear.FindStringIndex(text); at != nil {
		year = zhYear(text[at[0]:at[1]], today)
		if at[1] <= from {
			from = at[0]
		}
	} else if m := reYear.FindString(text); m != "" {
		year = num(m)
	} else if has(text, "next year") {
		year = today.Year() + 1
	} else if has(text, "this year") {
		year = today.Year()
	} else if has(text, "last year") {
		year = today.Year() - 1
	}
	if year != 0 {
		day, ok := best.day(year)
		return found{day: day, name: name, from: from, to: to, wrong: !ok}, true
	}
	for year = today.Year(); year <= today.Year()+1; year++ {
		if day, ok := best.day(year); ok && !day.Before(today) {
			return found{day: day, name: name, from: from, to: to, yearly: true}, true
		}
	}
	return found{name: name, from: from, to: to, wrong: true}, true
}

// festivalsOn names what falls on a day.
func festivalsOn(day time.Time, zh bool) []string {
	var list []string
	for _, f := range festivals {
		names := f.zh
		if !zh {
			names = f.en
		}
		for year := day.Year() - 1; year <= day.Year() && len(names) > 0; year++ { // 腊八 may be in January
			if on, ok := f.day(year); ok && on.Equal(almanac.Day(day)) {
				list = append(list, names[0])
			}
		}
	}
	return list
}
