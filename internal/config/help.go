package config

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

const helpWidth = 80

// help answers “help”, “help serve” and “help user”.
func (p Program) help(w io.Writer, about []string) error {
	if len(about) > 0 {
		command, rest, err := p.find(about)
		if err == nil && command != nil && len(rest) == 0 {
			return p.helpFor(w, *command)
		}
		if len(p.group(about[0])) == 0 {
			if err == nil {
				err = Usagef("There is no command “%s”. “%s help” lists the commands.", strings.Join(about, " "), p.Name)
			}
			return err
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", p.Summary)
	for _, c := range p.Commands {
		if len(about) > 0 && !strings.HasPrefix(c.Name, about[0]+" ") {
			continue
		}
		fmt.Fprintf(&b, "  %s\n", p.usage(c))
		wrap(&b, "      ", c.Summary)
	}
	fmt.Fprintf(&b, "\n“%s COMMAND --help” tells more.\n", p.Name)
	_, err := io.WriteString(w, b.String())
	return err
}

func (p Program) usage(c Command) string {
	return strings.TrimSpace(p.Name + " " + c.Name + " " + c.Args)
}

// helpFor writes what there is to know about one command.
func (p Program) helpFor(w io.Writer, c Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n  %s\n", c.Summary, p.usage(c))
	if c.Details != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(c.Details))
	}
	if c.Options != nil {
		own := flag.NewFlagSet(c.Name, flag.ContinueOnError)
		c.Options(own)
		b.WriteString("\nOptions\n\n")
		own.VisitAll(func(f *flag.Flag) {
			value, help := flag.UnquoteUsage(f)
			fmt.Fprintf(&b, "  %s\n", strings.TrimSpace("--"+f.Name+" "+value))
			if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
				help += " (" + f.DefValue + ")"
			}
			wrap(&b, "      ", help)
		})
	}
	for _, g := range groupTitles {
		if g.group&c.Settings == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n\n", g.title)
		for _, s := range settings {
			if s.group != g.group {
				continue
			}
			fmt.Fprintf(&b, "  --%s %s   (%s)\n", s.name, s.value, s.variable())
			help := s.help
			if s.standard != "" {
				help += " [" + s.standard + "]"
			}
			wrap(&b, "      ", help)
		}
	}
	if c.Settings != None {
		b.WriteString("\nEach setting is a flag or the variable beside it; the flag wins. What stands in\n[brackets] is the default.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wrap writes text in lines of at most helpWidth characters.
func wrap(b *strings.Builder, indent, text string) {
	line := indent
	for word := range strings.FieldsSeq(text) {
		if len(line) > len(indent) && len([]rune(line))+1+len([]rune(word)) > helpWidth {
			b.WriteString(line + "\n")
			line = indent
		}
		if len(line) > len(indent) {
			line += " "
		}
		line += word
	}
	b.WriteString(line + "\n")
}
