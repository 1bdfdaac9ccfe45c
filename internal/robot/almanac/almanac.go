// Package almanac is the Chinese calendar from 1900 to 2100: lunar dates, the
// names of years, the twenty-four solar terms, and the festivals that people
// ask for. It is pure: dates come in, dates go out.
package almanac

import (
	"time"
)

// First and Last are the lunar years that it knows.
const (
	First = 1900
	Last  = First + len(years) - 1
)

// Lunar is a date of the Chinese calendar.
type Lunar struct {
	Year  int // by the Gregorian year that it begins in
	Month int // 1 to 12
	Leap  bool
	Day   int // 1 to 30
}

// Date is a day of the Gregorian calendar, at midnight UTC, so that days can be
// counted without regard to zones.
func Date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Day gives the date that a clock shows.
func Day(t time.Time) time.Time { return Date(t.Date()) }

// Days counts the days from one date to another.
func Days(from, to time.Time) int { return int(Day(to).Sub(Day(from)) / (24 * time.Hour)) }

func known(year int) bool { return year >= First && year <= Last }

// NewYear is the first day of a lunar year.
func NewYear(year int) (time.Time, bool) {
	if !known(year) {
		return time.Time{}, false
	}
	y := years[year-First]
	return Date(year, time.January+time.Month(y>>17&1), int(y>>18)), true
}

// LeapMonth is the month that the year has twice; 0 if it has none.
func LeapMonth(year int) int {
	if !known(year) {
		return 0
	}
	return int(years[year-First] >> 12 & 15)
}

// MonthDays is how many days a month has; 0 if there is none such.
func MonthDays(year, month int, leap bool) int {
	if !known(year) || month < 1 || month > 12 || leap && LeapMonth(year) != month {
		return 0
	}
	bit := month - 1
	if leap {
		bit = 16
	}
	return 29 + int(years[year-First]>>bit&1)
}

// months calls fn for the months of a year in order, until it says no.
func months(year int, fn func(month int, leap bool, days int) bool) {
	for month := 1; month <= 12; month++ {
		for _, leap := range []bool{false, true} {
			if days := MonthDays(year, month, leap); days > 0 && !fn(month, leap, days) {
				return
			}
		}
	}
}

// FromDate gives the lunar date of a day.
func FromDate(t time.Time) (Lunar, bool) {
	year := t.Year()
	start, ok := NewYear(year)
	if !ok || Days(start, t) < 0 {
		year--
		if start, ok = NewYear(year); !ok {
			return Lunar{}, false
		}
	}
	left := Days(start, t)
	var found Lunar
	months(year, func(month int, leap bool, days int) bool {
		if left < days {
			found = Lunar{Year: year, Month: month, Leap: leap, Day: left + 1}
			return false
		}
		left -= days
		return true
	})
	return found, found.Day > 0 // nothing is known behind the last year
}

// Date gives the day of a lunar date; false if there is none such.
func (l Lunar) Date() (time.Time, bool) {
	start, ok := NewYear(l.Year)
	if !ok || l.Day < 1 || l.Day > MonthDays(l.Year, l.Month, l.Leap) {
		return time.Time{}, false
	}
	before := 0
	months(l.Year, func(month int, leap bool, days int) bool {
		if month == l.Month && leap == l.Leap {
			return false
		}
		before += days
		return true
	})
	return start.AddDate(0, 0, before+l.Day-1), true
}

// Stem and Branch number the name of a year, from 0: 甲 and 子.
func Stem(year int) int   { return mod(year-4, 10) }
func Branch(year int) int { return mod(year-4, 12) }

func mod(a, n int) int { return (a%n + n) % n }

// Term is one of the twenty-four solar terms: 0 is 小寒, the first in January.
type Term int

// TermDate is the day on which a term falls, in China.
func TermDate(year int, term Term) (time.Time, bool) {
	if !known(year) || term < 0 || term > 23 {
		return time.Time{}, false
	}
	day := termsFrom[term] + int(termsAfter[year-First]>>(2*term)&3)
	return Date(year, time.January+time.Month(term/2), day), true
}

// TermOf is the term that falls on a day.
func TermOf(t time.Time) (Term, bool) {
	first := Term(int(t.Month())-1) * 2
	for _, term := range []Term{first, first + 1} {
		if day, ok := TermDate(t.Year(), term); ok && Days(day, t) == 0 {
			return term, true
		}
	}
	return 0, false
}

// NextTerm is the first term after a day.
func NextTerm(t time.Time) (Term, time.Time, bool) {
	for n := range 3 { // there are two in each month
		term := Term(int(t.Month())-1)*2 + Term(n)
		if day, ok := TermDate(t.Year()+int(term/24), term%24); ok && Days(t, day) > 0 {
			return term % 24, day, true
		}
	}
	return 0, time.Time{}, false
}
