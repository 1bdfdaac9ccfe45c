package almanac_test

import (
	"testing"
	"time"

	"github.com/happychat/happychat/internal/robot/almanac"
)

// The dates are those of the Hong Kong Observatory's tables.
func TestKnownDays(t *testing.T) {
	for _, tt := range []struct {
		day  string
		want almanac.Lunar
	}{
		{"1900-01-31", almanac.Lunar{Year: 1900, Month: 1, Day: 1}},
		{"1949-10-01", almanac.Lunar{Year: 1949, Month: 8, Day: 10}},
		{"1984-02-01", almanac.Lunar{Year: 1983, Month: 12, Day: 30}},
		{"1984-02-02", almanac.Lunar{Year: 1984, Month: 1, Day: 1}},
		{"1987-07-26", almanac.Lunar{Year: 1987, Month: 6, Leap: true, Day: 1}},
		{"2000-02-05", almanac.Lunar{Year: 2000, Month: 1, Day: 1}},
		{"2008-08-08", almanac.Lunar{Year: 2008, Month: 7, Day: 8}},
		{"2020-05-23", almanac.Lunar{Year: 2020, Month: 4, Leap: true, Day: 1}},
		{"2023-03-22", almanac.Lunar{Year: 2023, Month: 2, Leap: true, Day: 1}},
		{"2024-09-17", almanac.Lunar{Year: 2024, Month: 8, Day: 15}},
		{"2025-01-28", almanac.Lunar{Year: 2024, Month: 12, Day: 29}},
		{"2025-01-29", almanac.Lunar{Year: 2025, Month: 1, Day: 1}},
		{"2025-07-25", almanac.Lunar{Year: 2025, Month: 6, Leap: true, Day: 1}},
		{"2026-02-17", almanac.Lunar{Year: 2026, Month: 1, Day: 1}},
		{"2026-06-19", almanac.Lunar{Year: 2026, Month: 5, Day: 5}},
		{"2027-02-06", almanac.Lunar{Year: 2027, Month: 1, Day: 1}},
		{"2030-02-03", almanac.Lunar{Year: 2030, Month: 1, Day: 1}},
		{"2033-12-22", almanac.Lunar{Year: 2033, Month: 11, Leap: true, Day: 1}},
		{"2034-02-19", almanac.Lunar{Year: 2034, Month: 1, Day: 1}},
		{"2100-02-09", almanac.Lunar{Year: 2100, Month: 1, Day: 1}},
	} {
		day, err := time.Parse(time.DateOnly, tt.day)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := almanac.FromDate(day); !ok || got != tt.want {
			t.Errorf("%s is %+v, %v; want %+v", tt.day, got, ok, tt.want)
		}
		if got, ok := tt.want.Date(); !ok || !got.Equal(day) {
			t.Errorf("%+v is %s, %v; want %s", tt.want, got, ok, tt.day)
		}
	}
}

// Every day has one lunar date, which comes back to it, and the day after it
// has the next.
func TestEveryDay(t *testing.T) {
	day, _ := almanac.NewYear(almanac.First)
	before := almanac.Lunar{}
	days := 0
	for ; ; day = day.AddDate(0, 0, 1) {
		l, ok := almanac.FromDate(day)
		if !ok {
			break
		}
		days++
		if back, ok := l.Date(); !ok || !back.Equal(day) {
			t.Fatalf("%s is %+v, which is %s", day, l, back)
		}
		if before.Day != 0 && l.Day != before.Day+1 && (l.Day != 1 || before.Day != almanac.MonthDays(before.Year, before.Month, before.Leap)) {
			t.Fatalf("%+v comes after %+v", l, before)
		}
		before = l
	}
	if want := (almanac.Lunar{Year: almanac.Last, Month: 12, Day: almanac.MonthDays(almanac.Last, 12, false)}); before != want {
		t.Errorf("the last day is %+v, want %+v", before, want)
	}
	if days != 73412 {
		t.Errorf("%d days", days)
	}
}

func TestTerms(t *testing.T) {
	for _, tt := range []struct {
		year int
		term almanac.Term
		want string
	}{
		{1900, 0, "1900-01-06"},
		{2008, 6, "2008-04-04"}, // 清明
		{2021, 2, "2021-02-03"}, // 立春
		{2021, 23, "2021-12-21"},
		{2024, 6, "2024-04-04"},
		{2025, 23, "2025-12-21"}, // 冬至
		{2026, 2, "2026-02-04"},
		{2026, 6, "2026-04-05"},
		{2026, 11, "2026-06-21"}, // 夏至
		{2026, 23, "2026-12-22"},
	} {
		day, ok := almanac.TermDate(tt.year, tt.term)
		if got := day.Format(time.DateOnly); !ok || got != tt.want {
			t.Errorf("term %d of %d is %s, want %s", tt.term, tt.year, got, tt.want)
		}
		if got, ok := almanac.TermOf(day); !ok || got != tt.term {
			t.Errorf("on %s is term %d, %v", tt.want, got, ok)
		}
	}
	if term, day, ok := almanac.NextTerm(almanac.Date(2025, time.December, 21)); !ok || term != 0 || day.Format(time.DateOnly) != "2026-01-05" {
		t.Errorf("after 冬至 2025 comes %d on %s, %v", term, day, ok)
	}
	if _, ok := almanac.TermOf(almanac.Date(2026, time.March, 1)); ok {
		t.Error("a term on a day without")
	}
}

func TestNames(t *testing.T) {
	for year, want := range map[int][2]int{1984: {0, 0}, 2000: {6, 4}, 2024: {0, 4}, 2026: {2, 6}, 1900: {6, 0}} {
		if got := [2]int{almanac.Stem(year), almanac.Branch(year)}; got != want {
			t.Errorf("%d is %v, want %v", year, got, want)
		}
	}
}

func TestWhatThereIsNot(t *testing.T) {
	for _, l := range []almanac.Lunar{
		{Year: 1899, Month: 1, Day: 1},
		{Year: 2101, Month: 1, Day: 1},
		{Year: 2026, Month: 0, Day: 1},
		{Year: 2026, Month: 13, Day: 1},
		{Year: 2026, Month: 5, Leap: true, Day: 1}, // repeats none
		{Year: 2026, Month: 1, Day: 31},
		{Year: 2026, Month: 1, Day: 0},
	} {
		if day, ok := l.Date(); ok {
			t.Errorf("%+v is %s", l, day)
		}
	}
	for _, day := range []time.Time{almanac.Date(1900, time.January, 30), almanac.Date(2101, time.January, 29), {}, almanac.Date(9999, 1, 1)} {
		if l, ok := almanac.FromDate(day); ok {
			t.Errorf("%s is %+v", day, l)
		}
	}
	if almanac.LeapMonth(3000) != 0 || almanac.MonthDays(3000, 1, false) != 0 {
		t.Error("the year 3000 is known")
	}
	if _, ok := almanac.TermDate(2026, 24); ok {
		t.Error("a 25th term")
	}
}
