package offline

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	reDice     = regexp.MustCompile(`\b(\d{1,2})?d(\d{1,4})\b`)
	reDiceMany = regexp.MustCompile(`(\d{1,2}|[一二两三四五六七八九十])(?:个|颗|次)?(?:骰子|色子)|(\d{1,2}|two|three|four|five|six) (?:dice|die)`)
	reRandom   = regexp.MustCompile(`(-?\d{1,9}) ?(?:-|~|到|至|和|to|and) ?(-?\d{1,9})`)
	reOr       = regexp.MustCompile(` ?(?:,? or |,|还是|或者|或) ?`)
	reChoose   = regexp.MustCompile(`^(?:请)?(?:帮我)?(?:选一个|选择|选|挑一个|挑|决定一下|决定|抽一个)|^(?:please )?(?:help me )?(?:choose|pick|decide|select)(?: one)?(?: between| from| of)?:? `)
	reAmong    = regexp.MustCompile(`^(?:请)?(?:帮我)?(?:从|在)(.+?)(?:里面|之中|当中|里|中)(?:帮我)?(?:随便|随机)?(?:选|挑|抽)(?:一?[个种位样])?[.!]?$`)
	reNames    = regexp.MustCompile(`[,;/|]?\s+(?:and|or)\s+|[,;/|]|\s+`)
)

// luck is dice, coins, lots, choices and rock, paper, scissors.
func luck(q *ask) (string, bool) {
	for _, try := range []func(*ask) (string, bool){dice, coin, hands, lot, random, choice} {
		if text, ok := try(q); ok {
			return text, true
		}
	}
	return "", false
}

func dice(q *ask) (string, bool) {
	n, sides := 1, 6
	switch m := reDice.FindStringSubmatch(q.plain); {
	case m != nil && (bare(q.plain) == m[0] || has(q.plain, "roll", "throw", "掷", "投", "扔", "骰")):
		sides, _ = strconv.Atoi(m[2])
		if m[1] != "" {
			n, _ = strconv.Atoi(m[1])
		}
	case has(q.plain, "骰子", "色子", "掷骰", "摇骰", "dice", "roll a die", "roll the die", "throw a die"):
		if m := reDiceMany.FindStringSubmatch(q.plain); m != nil {
			n = max(1, num(m[1]+m[2]))
			if m[1] == "" && n == 1 && m[2] != "" {
				n = map[string]int{"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}[m[2]]
			}
		}
	default:
		return "", false
	}
	if n < 1 || n > 20 || sides < 2 || sides > 1000 {
		return q.say("一次最多掷 20 个骰子，每个 2 到 1000 面。", "I can roll up to 20 dice at a time, of 2 to 1000 sides."), true
	}
	total := 0
	rolls := make([]string, n)
	for i := range rolls {
		roll := 1 + q.Random.IntN(sides)
		total += roll
		rolls[i] = strconv.Itoa(roll)
	}
	text := "🎲 " + strings.Join(rolls, q.say("、", ", "))
	if n > 1 {
		text += q.say(fmt.Sprintf("，一共 %d", total), fmt.Sprintf(", %d in all", total))
	}
	return text, true
}

func coin(q *ask) (string, bool) {
	if !has(q.plain, "硬币", "抛币", "掷币", "正面还是反面", "正反面", "flip a coin", "toss a coin", "coin flip", "coin toss", "heads or tails", "flip coin", "flip the coin", "coin") {
		return "", false
	}
	if q.Random.IntN(2) == 0 {
		return q.say("🪙 正面", "🪙 Heads"), true
	}
	return q.say("🪙 反面", "🪙 Tails"), true
}

var (
	handsZh = [3]string{"石头", "剪刀", "布"} // each beats the next
	handsEn = [3]string{"rock", "scissors", "paper"}
	handsIn = [3]string{"✊", "✌️", "✋"}
)

func hands(q *ask) (string, bool) {
	text := bare(q.plain)
	theirs := -1
	for i := range handsZh {
		for _, prefix := range []string{"", "我出", "出", "i choose ", "i play "} {
			if text == prefix+handsZh[i] || text == prefix+handsEn[i] || strings.TrimSpace(q.plain) == handsIn[i] {
				theirs = i
			}
		}
	}
	mine := q.Random.IntN(3)
	switch {
	case theirs < 0 && has(q.plain, "石头剪刀布", "剪刀石头布", "猜拳", "rock paper scissors", "rock, paper, scissors", "rock-paper-scissors"):
		return q.say("来吧，你先出：石头、剪刀还是布？", "Let us play. Your turn: rock, paper or scissors?"), true
	case theirs < 0:
		return "", false
	}
	show := handsIn[mine] + " " + q.say(handsZh[mine], handsEn[mine])
	switch (mine - theirs + 3) % 3 {
	case 0:
		return q.say("我也出"+show+"，平局。再来？", show+", too: a draw. Again?"), true
	case 1:
		return q.say("我出"+show+"，你赢了。", show+". You win."), true
	}
	return q.say("我出"+show+"，我赢了。再来一局？", show+". I win. Again?"), true
}

var lotsZh = []string{
	"上上签：云开见月，所想之事正往好处走。",
	"上上签：春水满池，今天适合开始一件拖了很久的事。",
	"上签：顺风行船，少说多做，傍晚有好消息。",
	"上签：有人惦记着你，不妨先打个招呼。",
	"中上签：路上有小石头，慢一点就不会绊倒。",
	"中签：平平淡淡，正好喝杯热茶，把桌子收拾干净。",
	"中签：事情没有坏，只是还没熟，再等两天。",
	"中下签：心急的事今天先放一放，睡一觉再说。",
	"下签：今天宜早睡，忌在网上跟人争论。",
	"下签：阴雨总会停，把伞带好，少熬夜。",
}

var lotsEn = []string{
	"Great luck: the clouds part, and what you hope for is on its way.",
	"Great luck: a good day to begin what you have put off for long.",
	"Good luck: a fair wind. Say little, do much; good news by evening.",
	"Good luck: somebody is thinking of you. Say hello first.",
	"Fair luck: there are pebbles on the road; walk slowly and you will not trip.",
	"Fair luck: a plain day. Make some tea and tidy the desk.",
	"Middling luck: nothing is wrong, it is only not ripe yet. Wait two days.",
	"Middling luck: leave the urgent thing alone until you have slept on it.",
	"Poor luck: go to bed early, and argue with nobody on the internet.",
	"Poor luck: rain ends, too. Take an umbrella.",
}

func lot(q *ask) (string, bool) {
	if has(q.plain, "抽签", "求签", "抽个签", "抽一签", "运势", "运气怎么样", "今天运气", "fortune", "draw a lot", "draw lots", "my luck", "horoscope", "fortune cookie") {
		return "🎋 " + q.choose(pickList(q.zh, lotsZh, lotsEn)), true
	}
	return "", false
}

func random(q *ask) (string, bool) {
	if !has(q.plain, "随机", "random", "抽一个数", "pick a number", "选个数") || reAmong.MatchString(q.plain) {
		return "", false
	}
	low, high := 1, 100
	if m := reRandom.FindStringSubmatch(q.plain); m != nil {
		low, _ = strconv.Atoi(m[1])
		high, _ = strconv.Atoi(m[2])
	}
	low, high = min(low, high), max(low, high)
	return q.say(fmt.Sprintf("%d 到 %d 之间，我抽到 ", low, high), fmt.Sprintf("Between %d and %d, I drew ", low, high)) + strconv.Itoa(low+q.Random.IntN(high-low+1)), true
}

// choice picks one of what somebody can not decide between.
func choice(q *ask) (string, bool) {
	text := string(q.kept)
	folded := q.plain
	asked := false
	if at := reChoose.FindStringIndex(folded); at != nil {
		n := len([]rune(folded[:at[1]]))
		text, folded, asked = string(q.kept[n:]), folded[at[1]:], true
	}
	if at := reAmong.FindStringSubmatchIndex(folded); at != nil { // 从红、蓝、绿里选一个
		before, among := folded[:at[2]], folded[at[2]:at[3]]
		n := len([]rune(before))
		text, folded, asked = string(q.kept[n:n+len([]rune(among))]), among, true
	}
	joined := strings.Contains(folded, "还是") || has(folded, "or") || strings.Contains(folded, "或者")
	if !asked && (!joined || len([]rune(folded)) > 60) {
		return "", false
	}
	cut := reOr
	if !joined {
		cut = reNames
	}
	var options []string
	kept := []rune(text)
	from := 0
	for _, at := range append(cut.FindAllStringIndex(folded, -1), []int{len(folded), len(folded)}) {
		option := strings.TrimFunc(string(kept[len([]rune(folded[:from])):len([]rune(folded[:at[0]]))]), func(r rune) bool { return strings.ContainsRune(" ,，、:：?？!！。.呢", r) })
		if from = at[1]; option != "" {
			options = append(options, option)
		}
	}
	if len(options) > 1 { // “should I have tea” or “coffee”: the beginning is the question
		for _, lead := range []string{"should i have ", "should i eat ", "should i ", "shall i ", "shall we ", "should we ", "do i want ", "today ", "今天吃", "晚上吃", "中午吃", "午饭吃", "晚饭吃", "吃", "我该", "我应该", "喝", "去"} {
			if rest := options[0]; strings.HasPrefix(plain(rest), lead) && len([]rune(rest)) > len([]rune(lead)) {
				options[0] = string([]rune(rest)[len([]rune(lead)):])
				break
			}
		}
	}
	if len(options) < 2 || len(options) > 50 || !asked && len(options) > 10 {
		return "", false
	}
	picked := options[q.Random.IntN(len(options))]
	forms := pickList(q.zh, []string{"我选：", "听我的：", "就这个吧："}, []string{"I say: ", "My pick: ", "Go for: "})
	return forms[q.Random.IntN(len(forms))] + picked, true
}
