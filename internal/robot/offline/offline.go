// Package offline is the robot's own wit: it answers from what it knows,
// without the internet and at once. It is a pure function: the time, the luck
// and what was said before come with the question. What needs the store, such
// as a reminder, it only asks for.
package offline

import (
	"math/rand/v2"
	"strings"
	"time"
)

// Question is what somebody says, with all that an answer depends on.
type Question struct {
	Text string
	// Chinese is the language of the asker, for a text that tells none.
	Chinese bool
	// Now is the time in the asker's zone; ZoneKnown tells that they told it.
	Now       time.Time
	ZoneKnown bool
	Random    *rand.Rand
	// Before is what was said in the conversation lately, the oldest first.
	Before []Turn
	// Name is what the robot is called, and may be addressed by.
	Name string
}

// Turn is one message of a conversation.
type Turn struct {
	Robot bool
	Text  string
}

// Answer is what the robot says.
type Answer struct {
	Text    string
	Chinese bool
	// Sure: it was recognised what was meant. Otherwise the text is a hint at
	// what could be asked instead, and another engine may know better.
	Sure bool
	// Tool: it is a fact or a deed, which no other engine knows better.
	Tool bool
	// Do is what only the service can do: nil, or Remind, ListReminders,
	// ForgetReminder or TellServer. There is no Text then.
	Do any
}

// ListReminders asks what reminders there are.
type ListReminders struct{}

// ForgetReminder asks to cancel one, by its number in the list, or all.
type ForgetReminder struct {
	Number int
	All    bool
}

// TellServer asks about the server.
type TellServer struct{}

// ask is a question being worked on.
type ask struct {
	Question
	zh    bool
	plain string // of the text, rune by rune
	kept  []rune // the text as typed
	last  string // what the robot said last
}

// say picks the sentence in the language of the question.
func (q *ask) say(inChinese, inEnglish string) string { return pick(q.zh, inChinese, inEnglish) }

// choose draws one of the texts, none that the robot said in the last turns.
func (q *ask) choose(texts []string) string {
	said := map[string]bool{}
	for _, t := range q.Before {
		if t.Robot {
			said[t.Text] = true
		}
	}
	fresh := make([]string, 0, len(texts))
	for _, t := range texts {
		if !said[t] {
			fresh = append(fresh, t)
		}
	}
	if len(fresh) == 0 { // all were said: any but the last
		for _, t := range texts {
			if t != q.last {
				fresh = append(fresh, t)
			}
		}
	}
	if len(fresh) == 0 { // there is but one
		fresh = texts
	}
	return fresh[q.Random.IntN(len(fresh))]
}

// maxText is how much of a question is looked at, in bytes.
const maxText = 1000

// Reply answers a question. There always is an answer.
func Reply(question Question) Answer {
	if len(question.Text) > maxText {
		question.Text = strings.ToValidUTF8(question.Text[:maxText], "")
	}
	q := &ask{Question: question, zh: chinese(question.Text, question.Chinese)}
	q.kept = []rune(question.Text)
	q.plain = plain(string(q.kept))
	for _, t := range q.Before {
		if t.Robot {
			q.last = t.Text
		}
	}
	if strings.TrimSpace(bare(q.plain)) == "" && !strings.ContainsAny(q.plain, "0123456789") {
		return Answer{Text: q.choose(pickList(q.zh, nudgesZh, nudgesEn)), Chinese: q.zh, Sure: true}
	}
	if do := reminder(q); do != nil {
		if text, ok := do.(string); ok {
			return Answer{Text: text, Chinese: q.zh, Sure: true, Tool: true}
		}
		return Answer{Chinese: q.zh, Sure: true, Tool: true, Do: do}
	}
	if aboutServer(q) {
		return Answer{Chinese: q.zh, Sure: true, Tool: true, Do: TellServer{}}
	}
	for _, engine := range []struct {
		try  func(*ask) (string, bool)
		tool bool
	}{{help, true}, {pleasantry, false}, {riddle, false}, {joke, false}, {luck, true}, {calendar, true}, {conversion, true}, {sum, true}, {howTo, true}} {
		if text, ok := engine.try(q); ok {
			return Answer{Text: text, Chinese: q.zh, Sure: true, Tool: engine.tool}
		}
	}
	return Answer{Text: q.choose(pickList(q.zh, hintsZh, hintsEn)), Chinese: q.zh}
}

func pickList(zh bool, inChinese, inEnglish []string) []string {
	if zh {
		return inChinese
	}
	return inEnglish
}

// Chinese tells whether a text is in Chinese.
func Chinese(text string) bool { return chinese(text, false) }

// IsStop tells whether a text asks for silence.
func IsStop(text string) bool {
	return len(text) < 40 && is(bare(plain(text)), "停", "停止", "停下", "别说了", "够了", "闭嘴", "打住", "stop", "stop it", "enough", "cancel", "shut up", "be quiet")
}
