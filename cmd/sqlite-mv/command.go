package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// command is a dot command.
type command struct {
	name  string // without the dot
	args  string // for .help, in sqlite3's notation
	brief string // one line
	more  string // what ".help name" adds
	run   func(sh *shell, args []string) error
}

// commands are the dot commands in alphabetical order.
var commands []command

func init() {
	// Filled here, because some commands run others.
	commands = []command{
		bailCommand, crrCommand, databasesCommand, dumpCommand, echoCommand, exitCommand, explainCommand, headersCommand, helpCommand,
		importCommand, indexesCommand, modeCommand, nullvalueCommand, openCommand, printCommand, quitCommand, readCommand,
		schemaCommand, separatorCommand, showCommand, tablesCommand, timerCommand, viewsCommand,
	}
}

// errUsage is what a command returns for wrong arguments; the user is told how to write it.
var errUsage = errors.New("wrong arguments")

// findCommand returns the command of this name, or the only one that the name is the beginning of.
func findCommand(name string) (command, error) {
	var found []command
	for _, c := range commands {
		if c.name == name {
			return c, nil
		}
		if name != "" && strings.HasPrefix(c.name, name) {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return command{}, fmt.Errorf("ambiguous command %q: .%s or .%s. Enter \".help\" for help", name, found[0].name, found[1].name)
	}
	return command{}, fmt.Errorf("unknown command or invalid arguments:  %q. Enter \".help\" for help", name)
}

// runCommand runs a line that begins with a dot.
func (sh *shell) runCommand(line string) error {
	words := splitWords(strings.TrimPrefix(strings.TrimSpace(line), "."))
	if len(words) == 0 {
		return nil
	}
	c, err := findCommand(words[0])
	if err != nil {
		return err
	}
	if err = c.run(sh, words[1:]); errors.Is(err, errUsage) {
		return fmt.Errorf("usage: %s", c.synopsis())
	}
	return err
}

// synopsis returns how the command is written.
func (c command) synopsis() string { return strings.TrimSpace("." + c.name + " " + c.args) }

// splitWords divides the arguments of a dot command as sqlite3 does: at blanks, but '…' and "…" hold a word together,
// and in "…" a backslash escapes.
func splitWords(line string) []string {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r\n\v\f")
		if line == "" {
			return words
		}
		if q := line[0]; q == '\'' || q == '"' {
			end := 1
			for end < len(line) && line[end] != q {
				if q == '"' && line[end] == '\\' && end+1 < len(line) {
					end++
				}
				end++
			}
			word := line[1:min(end, len(line))]
			line = line[min(end+1, len(line)):]
			if q == '"' {
				word = unescape(word)
			}
			words = append(words, word)
			continue
		}
		end := strings.IndexAny(line, " \t\r\n\v\f")
		if end < 0 {
			end = len(line)
		}
		words = append(words, unescape(line[:end]))
		line = line[end:]
	}
}

// unescape resolves the backslash escapes of C that sqlite3 knows.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '\\' || i+1 == len(s) {
			b.WriteByte(c)
			continue
		}
		i++
		switch s[i] {
		case 'a':
			b.WriteByte('\a')
		case 'b':
			b.WriteByte('\b')
		case 't':
			b.WriteByte('\t')
		case 'n':
			b.WriteByte('\n')
		case 'v':
			b.WriteByte('\v')
		case 'f':
			b.WriteByte('\f')
		case 'r':
			b.WriteByte('\r')
		case '0', '1', '2', '3', '4', '5', '6', '7':
			n := s[i] - '0'
			for k := 0; k < 2 && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '7'; k++ {
				i++
				n = n<<3 + s[i] - '0'
			}
			b.WriteByte(n)
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// parseSwitch reads the argument of a command that is on or off.
func parseSwitch(arg string) (bool, error) {
	switch strings.ToLower(arg) {
	case "on", "yes", "1":
		return true, nil
	case "off", "no", "0":
		return false, nil
	}
	return false, fmt.Errorf("not a boolean value: %q. Write \"on\" or \"off\"", arg)
}

// switchCommand is a command whose argument is on or off.
func switchCommand(name, brief string, set func(sh *shell, on bool)) command {
	return command{name: name, args: "on|off", brief: brief, run: func(sh *shell, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		on, err := parseSwitch(args[0])
		if err == nil {
			set(sh, on)
		}
		return err
	}}
}

// takeFlag removes a flag, with one dash or two, from the arguments and tells whether it was there.
func takeFlag(args []string, name string) ([]string, bool) {
	i := slices.IndexFunc(args, func(a string) bool { return a == "-"+name || a == "--"+name })
	if i < 0 {
		return args, false
	}
	return slices.Delete(slices.Clone(args), i, i+1), true
}
