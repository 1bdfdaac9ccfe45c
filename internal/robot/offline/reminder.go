package offline

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/robot/almanac"
	"github.com/happychat/happychat/internal/robot/calc"
)

// Every is how often a reminder comes.
type Every string

// The rhythms.
const (
	Once     Every = ""
	Daily    Every = "day"
	Workdays Every = "workday" // Monday to Friday
	Weekly   Every = "week"
)

// Next is the first time after `after` at which a reminder of this rhythm
// comes, that last came, or was to come, at. Days keep their time of day
// through changes of the clocks.
func (e Every) Next(at, after time.Time) (time.Time, bool) {
	step := 1
	switch e {
	case Daily, Workdays:
	case Weekly:
		step = 7
	default:
		return time.Time{}, false
	}
	if gap := int(after.Sub(at)/(24*time.Hour)) - 1; gap > step {
		at = at.AddDate(0, 0, gap/step*step)
	}
	for {
		at = at.AddDate(0, 0, step)
		if at.After(after) && (e != Workdays || at.Weekday() != time.Saturday && at.Weekday() != time.Sunday) {
			return at, true
		}
	}
}

// Remind asks for a reminder.
type Remind struct {
	At    time.Time
	Every Every
	What  string // as typed; may be empty
}

// Limits of reminders.
const (
	maxReminder = 300 // code points
	farthest    = 5   // years
)

const enAmount = `\d{1,4}(?:\.\d)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|forty-five|fifty|sixty|half an?|a half|one and a half|a couple of|a few`

var (
	reRemind   = regexp.MustCompile(`(?:请|麻烦|帮我|可以|能不能|能|记得|到时候|到时|设个?|定个?|设置一?个?|创建一?个?)*(?:提醒一下我|提醒我一下|提醒一下|提醒我|提醒|叫我|喊我|闹钟|闹铃)|(?:please |can you |could you |would you )*(?:remind me|set (?:up )?an? (?:reminder|alarm)|set (?:a )?timer|wake me up|wake me|reminder|alarm|timer)`)
	reList     = regexp.MustCompile(`(?:有(?:哪些|什么|几个)|我的|查看|看看|列出|所有|全部).*(?:提醒|闹钟)|(?:提醒|闹钟)(?:列表|有哪些|有什么|有几个)|(?:my|list|show|what|which|any|all)\b.*\b(?:reminders|alarms)\b|^reminders\W*$`)
	reForget   = regexp.MustCompile(`(?:取消|删除|删掉|不要|去掉|关掉|关闭).*(?:提醒|闹钟)|(?:提醒|闹钟).*(?:取消|删除|删掉|去掉|关掉)|(?:cancel|delete|remove|forget|stop|clear|drop)\b.*\b(?:reminders?|alarms?|timers?)\b`)
	reForgetNo = regexp.MustCompile(`(?:第|#|no\.? ?|number |reminder |提醒 ?|闹钟 ?)?(\d{1,3}|[一二三四五六七八九十]{1,3})(?:个|号|条)?`)

	reZhIn    = regexp.MustCompile(`(?:再?过)?(` + zhNumber + `|半|\d+\.\d)(个半|个)?(秒钟?|分钟?|刻钟|小时|钟头|天|周|星期|礼拜|月|年)(半)?(?:之后|以后|过后|后)?`)
	reZhAfter = regexp.MustCompile(`^(?:再?过)|(?:之后|以后|过后|后)$`)
	reEnIn    = regexp.MustCompile(`\b(?:in|after|for) (?:about )?(` + enAmount + `) (seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|weeks?|months?|years?)(?: and (?:a half|(` + enAmount + `) (minutes?|mins?|hours?|hrs?)))?\b|\b(` + enAmount + `) (seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?) (?:from now|later)\b`)
	reZhEvery = regexp.MustCompile(`每天|每日|天天|每个?工作日|每(?:个)?(?:周|星期|礼拜)([一二三四五六日天])|每晚|每早`)
	reEnEvery = regexp.MustCompile(`\b(?:every|each) (?:single )?(day|morning|evening|night|afternoon|weekday|workday|working day|` + enWeekday + `)s?\b|\b(daily)\b|\bon weekdays\b`)
	reZhPart  = regexp.MustCompile(`凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜晚|半夜|今晚|明晚|明早|今早|每晚|每早|早|晚`)
	reEnPart  = regexp.MustCompile(`\b(?:in the |this |at )?(morning|noon|afternoon|evening|night|midnight)\b|\btonight\b`)
	reZhClock = regexp.MustCompile(`(\d{1,2}|[零一二两三四五六七八九十]{1,3})(?:点钟?|时)(?:(半)|(一刻|三刻)|整|过?(\d{1,2}|[零〇一二三四五六七八九十]{1,3})分?)?|(?:\bat |\bby )?\b(\d{1,2}):(\d{2}) ?(am\b|pm\b|a\.m\.|p\.m\.)?`)
	reEnClock = regexp.MustCompile(`\b(?:at |by )?(\d{1,2}) ?(am\b|pm\b|a\.m\.|p\.m\.|o'clock)|\bat (\d{1,2})\b`)
)

// reminder finds out whether something about reminders is wanted: nil, a
// Remind, ListReminders or ForgetReminder, or a text that says what is missing.
func reminder(q *ask) any {
	switch {
	case reForget.MatchString(q.plain):
		if has(q.plain, "所有", "全部", "all", "every", "everything", "都") {
			return ForgetReminder{All: true}
		}
		for _, m := range reForgetNo.FindAllStringSubmatch(q.plain, -1) {
			if n := num(m[1]); n > 0 {
				return ForgetReminder{Number: n}
			}
		}
		return ForgetReminder{}
	case reList.MatchString(q.plain) && !reZhClock.MatchString(q.plain):
		return ListReminders{}
	}
	at := reRemind.FindStringIndex(q.plain)
	if at == nil {
		return nil
	}
	return newTask(q, at).remind()
}

// task is the rest of a wish for a reminder, from which what was understood is
// cut, in the folded text and as typed.
type task struct {
	q     *ask
	plain string
	kept  []rune
}

func newTask(q *ask, at []int) *task {
	t := &task{q: q, plain: q.plain, kept: q.kept}
	t.cut(at[0], at[1])
	return t
}

// cut takes a part out and leaves a space, in both.
func (t *task) cut(from, to int) {
	a := utf8.RuneCountInString(t.plain[:from])
	b := utf8.RuneCountInString(t.plain[:to])
	t.plain = t.plain[:from] + " " + t.plain[to:]
	t.kept = append(append(append([]rune{}, t.kept[:a]...), ' '), t.kept[b:]...)
}

// take finds a pattern, cuts it out and gives its groups.
func (t *task) take(re *regexp.Regexp) []string {
	at := re.FindStringSubmatchIndex(t.plain)
	if at == nil {
		return nil
	}
	m := groups(t.plain, at)
	t.cut(at[0], at[1])
	return m
}

func (t *task) remind() any {
	q := t.q
	now := q.Now
	if d, ok := t.duration(); ok {
		at := d(now)
		if !at.After(now) || at.After(now.AddDate(farthest, 0, 0)) {
			return q.say("这个时间太远了，五年以内的我都能记住。", "That is too far away; I can keep reminders for up to five years.")
		}
		return Remind{At: at, What: t.what()}
	}
	every, weekdayOf, dayPart, repeated := t.rhythm()
	day, dated := t.date()
	hour, minute, clocked, wrong := t.clock(dayPart, dated || repeated)
	if wrong {
		return q.say("这个时间我没看懂，能换个说法吗？比如“明天早上8点提醒我开会”。", "I did not understand that time. Try “remind me tomorrow at 8am to call the bank”.")
	}
	if !repeated && !dated && !clocked {
		return q.say("好的，什么时候提醒你？比如“20分钟后提醒我喝水”，或者“明天早上8点提醒我开会”。", "Sure, when? For example “remind me in 20 minutes to drink some water”, or “remind me tomorrow at 8am to call the bank”.")
	}
	if dated && day.wrong {
		return q.noSuchDay()
	}
	base := almanac.Day(now)
	if dated {
		base = day.day
	}
	at := time.Date(base.Year(), base.Month(), base.Day(), hour, minute, 0, 0, now.Location())
	what := t.what()
	switch {
	case repeated:
		at = time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, now.Location())
		for !at.After(now) || every == Weekly && at.Weekday() != weekdayOf || every == Workdays && (at.Weekday() == time.Saturday || at.Weekday() == time.Sunday) {
			at = at.AddDate(0, 0, 1)
		}
		return Remind{At: at, Every: every, What: what}
	case !dated && !at.After(now):
		at = at.AddDate(0, 0, 1)
	case !at.After(now) && almanac.Days(now, at) == 0:
		return q.say(fmt.Sprintf("今天的 %s 已经过了，换个时间吧。", timeText(at)), fmt.Sprintf("It is past %s today; choose another time.", timeText(at)))
	case !at.After(now):
		return q.say("那一天已经过去了，换个时间吧。", "That day is past; choose another time.")
	}
	if at.After(now.AddDate(farthest, 0, 0)) {
		return q.say("这个时间太远了，五年以内的我都能记住。", "That is too far away; I can keep reminders for up to five years.")
	}
	return Remind{At: at, What: what}
}

// duration is “in 20 minutes”.
func (t *task) duration() (func(time.Time) time.Time, bool) {
	for _, at := range reZhIn.FindAllStringSubmatchIndex(t.plain, 4) {
		m := groups(t.plain, at)
		if !reZhAfter.MatchString(m[0]) {
			continue
		}
		amount, ok := amountOf(m[1])
		if !ok {
			continue
		}
		if m[2] == "个半" || m[4] == "半" {
			amount.Add(amount, big.NewRat(1, 2))
		}
		t.cut(at[0], at[1])
		return later(amount, m[3]), true
	}
	m := t.take(reEnIn)
	if m == nil {
		return nil, false
	}
	if m[5] != "" {
		m[1], m[2] = m[5], m[6]
	}
	amount, ok := amountOf(m[1])
	if !ok {
		return nil, false
	}
	if strings.HasSuffix(m[0], "and a half") {
		amount.Add(amount, big.NewRat(1, 2))
	}
	first := later(amount, m[2])
	if m[3] == "" {
		return first, true
	}
	more, ok := amountOf(m[3])
	if !ok {
		return first, true
	}
	second := later(more, m[4])
	return func(now time.Time) time.Time { return second(first(now)) }, true
}

var enAmounts = map[string]*big.Rat{
	"a": big.NewRat(1, 1), "an": big.NewRat(1, 1), "one": big.NewRat(1, 1), "two": big.NewRat(2, 1), "three": big.NewRat(3, 1), "four": big.NewRat(4, 1), "five": big.NewRat(5, 1),
	"six": big.NewRat(6, 1), "seven": big.NewRat(7, 1), "eight": big.NewRat(8, 1), "nine": big.NewRat(9, 1), "ten": big.NewRat(10, 1), "fifteen": big.NewRat(15, 1), "twenty": big.NewRat(20, 1),
	"thirty": big.NewRat(30, 1), "forty": big.NewRat(40, 1), "forty-five": big.NewRat(45, 1), "fifty": big.NewRat(50, 1), "sixty": big.NewRat(60, 1),
	"half a": big.NewRat(1, 2), "half an": big.NewRat(1, 2), "a half": big.NewRat(1, 2), "one and a half": big.NewRat(3, 2), "a couple of": big.NewRat(2, 1), "a few": big.NewRat(3, 1),
}

func amountOf(s string) (*big.Rat, bool) {
	if v, ok := enAmounts[s]; ok {
		return new(big.Rat).Set(v), true
	}
	if v, ok := calc.Chinese(s); ok {
		return v, true
	}
	return new(big.Rat).SetString(s)
}

func later(amount *big.Rat, unit string) func(time.Time) time.Time {
	f, _ := amount.Float64()
	n := int(f)
	half := f > float64(n)
	var of time.Duration
	switch strings.TrimSuffix(unit, "s") {
	case "秒", "秒钟", "second", "sec", "":
		of = time.Second
	case "分", "分钟", "minute", "min", "m":
		of = time.Minute
	case "刻钟":
		of = 15 * time.Minute
	case "小时", "钟头", "hour", "hr", "h":
		of = time.Hour
	case "天", "day":
		return func(now time.Time) time.Time {
			if half {
				return now.AddDate(0, 0, n).Add(12 * time.Hour)
			}
			return now.AddDate(0, 0, n)
		}
	case "周", "星期", "礼拜", "week":
		return func(now time.Time) time.Time { return now.AddDate(0, 0, int(f*7)) }
	case "月", "month":
		return func(now time.Time) time.Time {
			if half {
				return addMonths(now, n).AddDate(0, 0, 15)
			}
			return addMonths(now, n)
		}
	default:
		return func(now time.Time) time.Time { return addMonths(now, int(f*12)) }
	}
	return func(now time.Time) time.Time { return now.Add(time.Duration(f * float64(of))) }
}

// rhythm is “every day”.
func (t *task) rhythm() (every Every, day time.Weekday, part string, ok bool) {
	if m := t.take(reZhEvery); m != nil {
		switch {
		case m[1] != "":
			return Weekly, zhWeekday(m[1]), "", true
		case strings.HasSuffix(m[0], "工作日"):
			return Workdays, 0, "", true
		case m[0] == "每晚":
			return Daily, 0, "晚上", true
		case m[0] == "每早":
			return Daily, 0, "早上", true
		}
		return Daily, 0, "", true
	}
	if m := t.take(reEnEvery); m != nil {
		switch {
		case m[1] == "weekday", m[1] == "workday", m[1] == "working day", m[0] == "on weekdays":
			return Workdays, 0, "", true
		case m[1] == "day", m[2] == "daily":
			return Daily, 0, "", true
		case m[1] == "morning", m[1] == "evening", m[1] == "night", m[1] == "afternoon":
			return Daily, 0, m[1], true
		}
		return Weekly, weekdayNamed(m[1]), "", true
	}
	return Once, 0, "", false
}

// date cuts a date out; 明早 and tonight leave their part of the day.
func (t *task) date() (found, bool) {
	f, ok := findDate(t.plain, t.q.Now)
	if !ok {
		return f, false
	}
	switch word := t.plain[f.from:f.to]; word {
	case "今晚", "明晚", "今早", "明早":
		f.to = f.from + len("今") // the part of the day stays
	case "tonight":
		return f, true
	}
	t.cut(f.from, f.to)
	return f, true
}

// clock finds the time of day: that of the clock, else that of a part of the
// day, else nine in the morning.
func (t *task) clock(part string, dated bool) (hour, minute int, ok, wrong bool) {
	if part == "" {
		if m := t.take(reZhPart); m != nil {
			part = m[0]
		} else if m := t.take(reEnPart); m != nil {
			if part = m[1]; part == "" {
				part = "night"
			}
		}
	}
	hour, minute, said, exact := t.figures()
	if said {
		if hour > 24 || minute > 59 || hour == 24 && minute > 0 {
			return 0, 0, false, true
		}
		return t.halfOfDay(hour, part, dated, exact), minute, true, false
	}
	hours := map[string]int{
		"": 9, "凌晨": 5, "清晨": 6, "早": 8, "早上": 8, "早晨": 8, "上午": 10, "中午": 12, "下午": 15, "傍晚": 18, "晚": 20, "晚上": 20, "夜里": 22, "夜晚": 22, "半夜": 0,
		"morning": 9, "noon": 12, "afternoon": 15, "evening": 19, "night": 21, "midnight": 0,
	}
	return hours[part], 0, part != "", false
}

// figures reads what a clock shows. exact: by 24 hours, or with am or pm.
func (t *task) figures() (hour, minute int, ok, exact bool) {
	if m := t.take(reZhClock); m != nil {
		if m[5] != "" {
			hour, _ = strconv.Atoi(m[5])
			minute, _ = strconv.Atoi(m[6])
			if m[7] != "" {
				return meridiem(hour, m[7]), minute, true, true
			}
			return hour, minute, true, strings.HasPrefix(m[5], "0")
		}
		hour = num(m[1])
		switch {
		case m[2] != "":
			minute = 30
		case m[3] == "一刻":
			minute = 15
		case m[3] == "三刻":
			minute = 45
		case m[4] != "":
			minute = num(m[4])
		}
		return hour, minute, hour >= 0 && minute >= 0, false
	}
	m := t.take(reEnClock)
	if m == nil {
		return 0, 0, false, false
	}
	if m[3] != "" {
		hour, _ = strconv.Atoi(m[3])
		return hour, 0, true, false
	}
	hour, _ = strconv.Atoi(m[1])
	if m[2] == "o'clock" {
		return hour, 0, true, false
	}
	return meridiem(hour, m[2]), 0, true, true
}

func meridiem(hour int, half string) int {
	half = strings.TrimSpace(half)
	switch {
	case hour > 12:
		return hour
	case half[0] == 'p' && hour < 12:
		return hour + 12
	case half[0] == 'a' && hour == 12:
		return 0
	}
	return hour
}

// halfOfDay decides which of the two a small hour means: by the part of the day
// that was said; without, the next of the two if no day was said, and the
// afternoon for 1 to 6 otherwise.
func (t *task) halfOfDay(hour int, part string, dated, exact bool) int {
	switch part {
	case "下午", "傍晚", "afternoon", "evening":
		if hour < 12 {
			return hour + 12
		}
		return hour
	case "晚上", "晚", "夜里", "夜晚", "night":
		switch {
		case hour == 12:
			return 24 // the end of that day
		case hour >= 5 && hour < 12:
			return hour + 12
		}
		return hour
	case "中午", "noon":
		if hour >= 1 && hour <= 3 {
			return hour + 12
		}
		return hour
	case "半夜", "midnight", "凌晨":
		return hour % 12
	case "":
	default:
		return hour
	}
	switch {
	case exact || hour == 0 || hour > 11:
		return hour
	case dated && hour <= 6:
		return hour + 12
	case dated:
		return hour
	}
	now := t.q.Now
	today := time.Date(now.Year(), now.Month(), now.Day(), hour, 59, 0, 0, now.Location())
	if now.After(today) {
		return hour + 12
	}
	return hour
}

var (
	reLead  = regexp.MustCompile(`(?i)^(?:to|that|about|for|of|on|at|by|i (?:need|have|want) to|要|我|一下|：|:|，|,|。|\.|的|，|-|\s)+`)
	reTrail = regexp.MustCompile(`(?i)(?:请|记得|\b(?:at|on|in|by|please)\b|，|,|。|\.|!|！|~|？|\?|谢谢|吧|哦|的时候|的|-|\s)+$`)
	reSpace = regexp.MustCompile(`\s+`)
)

// what is left is what to remind of.
func (t *task) what() string {
	text := strings.TrimSpace(reSpace.ReplaceAllString(string(t.kept), " "))
	text = strings.TrimSpace(reTrail.ReplaceAllString(leadCut(text), ""))
	if r := []rune(text); len(r) > maxReminder {
		text = string(r[:maxReminder]) + "…"
	}
	return text
}

// leadCut takes away the words that join a wish to what it is about, as whole
// words where they are of Latin letters.
func leadCut(text string) string {
	for {
		at := reLead.FindStringIndex(text)
		if at == nil || at[1] == 0 {
			return text
		}
		rest := text[at[1]:]
		word := strings.ToLower(strings.TrimSpace(text[:at[1]]))
		if word != "" && latin(word[len(word)-1]) && rest != "" && latin(strings.ToLower(rest[:1])[0]) && text[at[1]-1] != ' ' {
			return text // to-do, forward
		}
		text = rest
	}
}
