package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// options is the command line. Each option may be written with one dash, as sqlite3's users do, or with two.
type options struct {
	File string   `arg:"" optional:"" help:"Database file; ':memory:' or nothing is a transient database."`
	SQL  []string `arg:"" optional:"" name:"sql" help:"SQL text or dot commands to run instead of the standard input; view names with -dot and -mermaid."`

	Cmd  []string `sep:"none" placeholder:"COMMAND" help:"Run COMMAND before the rest."`
	Init string   `placeholder:"FILE" help:"Read and run FILE first."`

	List     bool `help:"Output mode list: values separated by '|'. The default when the output is not a terminal."`
	Box      bool `help:"Output mode box. The default on a terminal."`
	Table    bool `help:"Output mode table: a box in ASCII."`
	Column   bool `help:"Output mode column."`
	Csv      bool `help:"Output mode csv."`
	Tabs     bool `help:"Output mode tabs."`
	JSON     bool `name:"json" help:"Output mode json."`
	Markdown bool `help:"Output mode markdown."`
	Line     bool `help:"Output mode line: one value per line."`
	Quote    bool `help:"Output mode quote: values as SQL literals."`

	Header    bool    `help:"Print column names."`
	Noheader  bool    `help:"Do not print column names."`
	Separator *string `placeholder:"SEP" help:"Column separator of the modes list and csv."`
	Nullvalue *string `placeholder:"TEXT" help:"Text printed for NULL."`

	Bail     bool `help:"Stop after the first error."`
	Batch    bool `help:"Never prompt."`
	Echo     bool `help:"Print statements before they run."`
	Readonly bool `help:"Open the file for reading only."`

	Dot     bool `help:"Print the circuits of the views named after FILE as a Graphviz graph."`
	Mermaid bool `help:"Print the circuits of the views named after FILE as a Mermaid flowchart."`
	Version bool `help:"Print the versions of sqlite-mv and SQLite."`

	// What the order of the arguments decides, as in sqlite3: the last mode and the last of -header and -noheader.
	mode    string
	headers *bool
}

// errHelpShown is returned by parseOptions after -help.
var errHelpShown = errors.New("help shown")

// parseOptions reads the command line; -help is printed to out.
func parseOptions(args []string, out io.Writer) (*options, error) {
	opts := &options{File: ":memory:"}
	helped := false
	parser, err := kong.New(opts,
		kong.Name("sqlite-mv"),
		kong.Description("A shell for SQLite files with materialized views that maintain themselves.\n\n"+
			"\"sqlite-mv crsql pull|push|sync A.db B.db\" exchanges what two files with replicated tables lack of each other."),
		kong.Writers(out, out),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	normal, err := opts.normalize(args)
	if err != nil {
		return nil, err
	}
	if slices.Contains(normal, "--help") {
		normal = []string{"--help"}
	}
	_, err = parser.Parse(normal)
	if helped {
		return nil, errHelpShown
	}
	return opts, err
}

// withValue are the options that take the next argument as their value, whatever it begins with.
var withValue = []string{"cmd", "init", "separator", "nullvalue"}

// withoutValue are the other options.
var withoutValue = []string{"header", "noheader", "bail", "batch", "echo", "readonly", "dot", "mermaid", "version", "help"}

// normalize turns sqlite3's spelling into kong's: two dashes, and a value joined to its option.
func (o *options) normalize(args []string) ([]string, error) {
	var normal []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(normal, args[i:]...), nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			normal = append(normal, arg)
			continue
		}
		name, value, joined := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		switch {
		case slices.Contains(withValue, name):
			if !joined {
				if i++; i == len(args) {
					return nil, fmt.Errorf("missing argument to -%s", name)
				}
				value = args[i]
			}
			normal = append(normal, "--"+name+"="+value)
		case joined:
			return nil, fmt.Errorf("unknown option: %s", arg)
		case modes[name] != nil:
			o.mode = name
			normal = append(normal, "--"+name)
		case slices.Contains(withoutValue, name):
			if name == "header" || name == "noheader" {
				on := name == "header"
				o.headers = &on
			}
			normal = append(normal, "--"+name)
		default:
			return nil, fmt.Errorf("unknown option: %s", arg)
		}
	}
	return normal, nil
}

// applyOptions sets what the options say about output and errors.
func (sh *shell) applyOptions(o *options) {
	switch {
	case o.mode != "":
		sh.setMode(o.mode)
	case sh.terminal:
		sh.setMode("box")
	default:
		sh.setMode("list")
	}
	// sqlite3's rule: -csv ends lines with \n, .mode csv with \r\n.
	sh.settings.rowSeparator = "\n"
	if o.headers != nil {
		sh.settings.setHeaders(*o.headers)
	}
	if o.Separator != nil {
		sh.settings.separator = unescape(*o.Separator)
	}
	if o.Nullvalue != nil {
		sh.settings.nullValue = *o.Nullvalue
	}
	sh.settings.bail = o.Bail
	sh.settings.echo = o.Echo
}
