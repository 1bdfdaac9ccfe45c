package config

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Program is a list of commands that share settings.
//
//	p := config.Program{Name: "happychat", Summary: "…", Commands: []config.Command{{
//		Name: "serve", Summary: "Run the server", Settings: config.All, Run: serve,
//	}, {
//		Name: "user create", Args: "USERNAME EMAIL", Summary: "Make an account", Settings: config.Storage,
//		Options: func(f *flag.FlagSet) { f.BoolVar(&owner, "owner", false, "make it the owner") },
//		MinArgs: 2, MaxArgs: 2, Run: create,
//	}}}
//	os.Exit(p.Main(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
type Program struct {
	Name     string
	Summary  string
	Commands []Command
}

// Command is one thing that the program does.
type Command struct {
	// Name is one or more words: "serve", "user create".
	Name    string
	Args    string // the arguments in the usage line: "USERNAME EMAIL"
	MinArgs int
	MaxArgs int // -1: any number
	Summary string
	Details string // more help, shown below the summary
	// Settings are the groups it takes. Variables of other settings may be
	// there, and are not looked at.
	Settings Group
	// Options declares flags of its own. They have no variables: they say what
	// to do this time, not how the installation is. Optional.
	Options func(*flag.FlagSet)
	Run     func(context.Context, Invocation) error
}

// Invocation is a command with everything it was told.
type Invocation struct {
	Config Config
	Args   []string
	Out    io.Writer
	Err    io.Writer
}

type usageError struct{ sentence string }

func (e usageError) Error() string { return e.sentence }

// Usagef makes an error that is a mistake of whoever called the program, in a
// sentence that says what to do; Main answers it with exit code 2. Nothing has
// been done when it is returned.
func Usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// Main runs the command that the arguments name and returns the exit code: 0,
// 1 if the command failed, 2 if it was called wrongly. args are without the
// program's name.
func (p Program) Main(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	err := p.run(ctx, args, environ, stdout, stderr)
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "%s: %v\n", p.Name, err)
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	return 1
}

func (p Program) run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	command, rest, err := p.find(args)
	if err != nil {
		return err
	}
	if command == nil {
		return p.help(stdout, rest)
	}
	flags, values := command.flags()
	positional, err := p.parse(*command, flags, rest)
	if errors.Is(err, flag.ErrHelp) {
		return p.helpFor(stdout, *command)
	}
	if err != nil {
		return err
	}
	if n := len(positional); n < command.MinArgs || command.MaxArgs >= 0 && n > command.MaxArgs {
		return Usagef("%s: see “%s %s --help”.", p.usage(*command), p.Name, command.Name)
	}
	c, err := p.load(*command, values, environ)
	if err != nil {
		return err
	}
	return command.Run(ctx, Invocation{Config: c, Args: positional, Out: stdout, Err: stderr})
}

// find returns the command that the first words name, and the words after
// them. No command and no error: help is wanted, about what is left.
func (p Program) find(args []string) (*Command, []string, error) {
	if len(args) == 0 {
		return nil, nil, nil
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		return nil, args[1:], nil
	}
	var best *Command
	var words int
	for i, c := range p.Commands {
		name := strings.Fields(c.Name)
		if len(name) > words && len(args) >= len(name) && slices.Equal(name, args[:len(name)]) {
			best, words = &p.Commands[i], len(name)
		}
	}
	if best != nil {
		return best, args[words:], nil
	}
	var names []string
	for _, c := range p.Commands {
		names = append(names, c.Name)
	}
	group := p.group(args[0])
	if len(group) > 0 && (len(args) == 1 || strings.HasPrefix(args[1], "-")) {
		if slices.ContainsFunc(args[1:], isHelp) {
			return nil, args[:1], nil
		}
		return nil, nil, Usagef("Say which: %s.", strings.Join(group, ", "))
	}
	asked := args[0]
	if len(group) > 0 {
		asked += " " + args[1]
	}
	return nil, nil, Usagef("There is no command “%s”%s. “%s help” lists the commands.", asked, nearest(asked, names, ""), p.Name)
}

// group lists the commands whose first word of several is this one.
func (p Program) group(word string) []string {
	var names []string
	for _, c := range p.Commands {
		if strings.HasPrefix(c.Name, word+" ") {
			names = append(names, p.Name+" "+c.Name)
		}
	}
	return names
}

func isHelp(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" }

// settings are those that the command takes.
func (c Command) settings() []setting {
	return slices.DeleteFunc(slices.Clone(settings), func(s setting) bool { return s.group&c.Settings == 0 })
}

// flags declares settings and own options. values fills with the settings that
// were given.
func (c Command) flags() (flags *flag.FlagSet, values map[string]string) {
	flags = flag.NewFlagSet(c.Name, flag.ContinueOnError)
	values = map[string]string{}
	for _, s := range c.settings() {
		flags.Func(s.name, s.help, func(v string) error { values[s.name] = v; return nil })
	}
	if c.Options != nil {
		c.Options(flags)
	}
	return flags, values
}

// parse is flag.Parse with flags and arguments in any order, and sentences for
// mistakes. “--” ends the flags.
func (p Program) parse(c Command, flags *flag.FlagSet, args []string) (positional []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			return append(positional, args...), nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			positional = append(positional, arg)
			continue
		}
		if isHelp(arg) {
			return nil, flag.ErrHelp
		}
		name, value, given := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
		f := flags.Lookup(name)
		if f == nil {
			var names []string
			flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
			return nil, Usagef("“%s %s” has no setting --%s%s. “%s %s --help” lists them.", p.Name, c.Name, name, nearest(name, names, "--"), p.Name, c.Name)
		}
		if !given {
			if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
				value = "true"
			} else if len(args) > 0 {
				value, args = args[0], args[1:]
			} else {
				return nil, Usagef("--%s needs a value after it.", name)
			}
		}
		if err := flags.Set(name, value); err != nil {
			return nil, Usagef("--%s %q: %v.", name, value, err)
		}
	}
	return positional, nil
}

// load fills a Config from defaults, variables and flags, the later the
// stronger.
func (p Program) load(command Command, values map[string]string, environ []string) (Config, error) {
	variables := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if !slices.ContainsFunc(settings, func(s setting) bool { return s.variable() == name }) {
			var names []string
			for _, s := range settings {
				names = append(names, s.variable())
			}
			return Config{}, Usagef("The variable %s means nothing here%s. Correct or remove it; “%s serve --help” lists them.", name, nearest(name, names, ""), p.Name)
		}
		variables[name] = value
	}
	var c Config
	for _, s := range settings {
		value, source := s.standard, ""
		if s.group&command.Settings != 0 {
			if v := variables[s.variable()]; v != "" {
				value, source = v, s.variable()
			}
			if v, ok := values[s.name]; ok {
				value, source = cmp.Or(v, s.standard), "--"+s.name
			}
		}
		if value == "" {
			continue
		}
		err := readable(value)
		if err == nil {
			err = s.set(&c, value)
		}
		if err != nil {
			shown := fmt.Sprintf(" %q", value)
			if s.secret {
				shown = ""
			}
			return Config{}, Usagef("%s%s %v.", source, shown, err)
		}
	}
	return c, c.together(command.Settings)
}

// readable refuses what no setting can mean: control characters end up in log
// lines, headers and file names.
func readable(v string) error {
	for _, r := range v {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return errors.New("must be plain text in one line")
		}
	}
	return nil
}

// nearest says “; did you mean …?” if one of the names is close to the wrong one.
func nearest(wrong string, names []string, before string) string {
	best, distance := "", 1+max(1, len(wrong)/4)
	for _, name := range names {
		if d := edits(strings.ToLower(wrong), strings.ToLower(name)); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + before + best + "?"
}

// edits counts the letters to insert, delete, replace or swap with their
// neighbour to get from a to b (optimal string alignment).
func edits(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
