package offline

import (
	"slices"
	"strings"
)

func joke(q *ask) (string, bool) {
	again := is(bare(q.plain), "再来一个", "再来", "再讲一个", "换一个", "再来个", "another one", "another", "one more", "more", "again", "next")
	list := pickList(q.zh, jokesZh, jokesEn)
	told := isJoke(q.last)
	if again && told || has(q.plain, "笑话", "讲个段子", "来个段子", "逗我笑", "逗我开心", "joke", "make me laugh", "something funny") {
		return q.choose(list), true
	}
	return "", false
}

func isJoke(text string) bool {
	return text != "" && (is(text, jokesZh...) || is(text, jokesEn...))
}

// riddleOf is a riddle with the words that count as its answer, of which the
// first is told.
type riddleOf struct {
	text    string
	answers []string
}

const (
	riddleZh    = "🧩 谜语："
	riddleEn    = "🧩 Riddle: "
	riddleAskZh = "\n（猜猜看；想看答案就说“答案”）"
	riddleAskEn = "\n(Have a guess; say “answer” to see it.)"
)

func (r riddleOf) ask(zh bool) string {
	if zh {
		return riddleZh + r.text + riddleAskZh
	}
	return riddleEn + r.text + riddleAskEn
}

// openRiddle finds the riddle that was asked and not answered yet, from what was
// said.
func openRiddle(q *ask) (riddleOf, bool, bool) {
	for _, t := range slices.Backward(q.Before) {

		if !t.Robot {
			continue
		}
		for _, zh := range []bool{true, false} {
			for _, r := range riddles(zh) {
				if t.Text == r.ask(zh) {
					return r, zh, true
				}
			}
		}
		if !is(t.Text, wrongZh...) && !is(t.Text, wrongEn...) {
			break // something else was talked about since
		}
	}
	return riddleOf{}, false, false
}

func riddles(zh bool) []riddleOf {
	if zh {
		return riddlesZh
	}
	return riddlesEn
}

var (
	wrongZh = []string{"不对哦，再想想？想看答案就说“答案”。", "差一点点，再猜一次。", "不是这个，换个思路试试。"}
	wrongEn = []string{"Not quite. Have another guess, or say “answer”.", "Close, but no. Try again.", "No, that is not it. Think differently."}
)

func riddle(q *ask) (string, bool) {
	text := bare(q.plain)
	wants := has(q.plain, "谜语", "猜谜", "出个谜", "脑筋急转弯", "灯谜", "riddle", "brain teaser", "puzzle")
	open, zh, pending := openRiddle(q)
	again := is(text, "再来一个", "再来", "再出一个", "换一个", "another one", "another", "one more", "more", "again", "next")
	gives := has(q.plain, "答案", "谜底", "answer", "solution") || is(text, "不知道", "猜不到", "猜不出", "猜不出来", "放弃", "我放弃", "揭晓", "公布", "是什么", "give up", "i give up", "i don't know", "don't know", "dunno", "idk", "tell me", "what is it", "no idea")
	switch {
	case pending && gives:
		return pick(zh, "谜底是："+open.answers[0]+"。", "The answer: "+open.answers[0]+"."), true
	case wants && !gives, again && (pending || strings.HasPrefix(q.last, "谜底是：") || strings.HasPrefix(q.last, "The answer: ") || isRight(q.last)):
		list := riddles(q.zh)
		texts := make([]string, len(list))
		for i, r := range list {
			texts[i] = r.ask(q.zh)
		}
		return q.choose(texts), true
	case pending:
		guess := text
		for _, w := range []string{"是不是", "我猜是", "我猜", "应该是", "是", "is it an ", "is it a ", "is it the ", "is it ", "it is an ", "it is a ", "it's an ", "it's a ", "an ", "a ", "the ", "my guess is ", "i think it is ", "maybe "} {
			guess = strings.TrimPrefix(guess, w)
		}
		guess = strings.TrimRight(guess, "吗吧呢? ")
		for _, a := range open.answers {
			if guess == plain(a) || zh && strings.Contains(guess, plain(a)) || !zh && has(guess, plain(a)) {
				return pick(zh, "答对啦，就是"+open.answers[0]+"。再来一个？", "That is right: "+open.answers[0]+". Another one?"), true
			}
		}
		if n := len([]rune(guess)); n > 0 && n <= 20 && len(strings.Fields(guess)) <= 3 && !strings.ContainsAny(guess, "0123456789+*/=?") && !otherTool(q) {
			return q.choose(pickList(zh, wrongZh, wrongEn)), true
		}
	case gives && has(q.plain, "谜底", "谜语的答案"):
		return q.say("现在没有谜语等着猜。说“猜谜语”我就出一个。", "There is no riddle waiting. Say “riddle” and I will ask one."), true
	}
	return "", false
}

func isRight(text string) bool {
	return strings.HasPrefix(text, "答对啦，") || strings.HasPrefix(text, "That is right: ")
}

// otherTool tells whether a text that could be a guess is meant for something
// else.
func otherTool(q *ask) bool {
	for _, tool := range []func(*ask) (string, bool){joke, luck, calendar, conversion, sum, howTo} {
		if _, ok := tool(q); ok {
			return true
		}
	}
	return false
}
