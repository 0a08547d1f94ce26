package ext

import (
	"errors"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// validateFunction is mv_validate(sql [, schema]): what CREATE MATERIALIZED VIEW would make of a SELECT, or of the whole
// statement, without making it. A row's kind is accepted or refused, which comes first, operator, a line of the circuit,
// state, something that would be kept, index, a statement that would save work, or warning. line and column are the place
// in the text, where there is one.
func (e *engine) validateFunction() *tableFunction {
	return &tableFunction{
		name:    "mv_validate",
		columns: []string{"kind TEXT", "line INTEGER", `"column" INTEGER`, "detail TEXT"},
		args:    []string{"sql", "schema"},
		rows: func(args []dbsp.Value) ([]dbsp.Row, error) {
			if args[0].IsNull() {
				return nil, errors.New("mv_validate needs a SELECT: mv_validate('SELECT …')")
			}
			schema := "main"
			if !args[1].IsNull() {
				schema = args[1].Str()
			}
			return e.validate(args[0].Str(), schema)
		},
	}
}

// candidate reads a SELECT, or the statement that would create a view of it: the SELECT's text stands where it was, behind
// blanks, and without what ends it.
func candidate(sql, schema string) (sel, in string, columns []string, err error) {
	c, ok := sqltext.Recognise(sql)
	switch {
	case ok && c.Kind == sqltext.Malformed:
		return "", "", nil, c.Err
	case ok && (c.Kind == sqltext.CreateView || c.Kind == sqltext.ValidateView):
		if c.Temp {
			schema = "temp"
		} else if c.Schema != "" {
			schema = c.Schema
		}
		blank := strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, sql[:c.Select.Start])
		return blank + sql[c.Select.Start:c.Select.End], schema, c.Columns, nil
	}
	toks := slices.DeleteFunc(sqltext.Tokens(sql), sqltext.Token.Blank)
	for len(toks) > 0 && toks[len(toks)-1].Kind == sqltext.TokSemicolon {
		toks = toks[:len(toks)-1]
	}
	if len(toks) == 0 {
		return "", "", nil, errors.New("there is no SELECT")
	}
	if word := strings.ToUpper(toks[0].Text(sql)); sqltext.IsKeyword(word) && !slices.Contains([]string{"SELECT", "WITH", "VALUES"}, word) {
		return sql, "", nil, errors.New("a view is made of a SELECT, not of " + word)
	}
	return sql[:toks[len(toks)-1].End], schema, nil, nil
}

func (e *engine) validate(sql, schema string) ([]dbsp.Row, error) {
	var rows []dbsp.Row
	add := func(kind string, line, column int, detail string) {
		row := dbsp.Row{dbsp.NewText(kind), {}, {}, dbsp.NewText(detail)}
		if line > 0 {
			row[1], row[2] = dbsp.NewInteger(int64(line)), dbsp.NewInteger(int64(column))
		}
		rows = append(rows, row)
	}
	sel, schema, columns, err := candidate(sql, schema)
	var plan *planner.Plan
	if err == nil {
		plan, err = planner.New(schemaReader{e, schema}, schema, "", sel, columns)
	}
	if err != nil {
		var se *sqlite3.Error
		if isDatabase(err) && errors.As(err, &se) && !isCode(err, sqlite3.CodeSchema) {
			return nil, err
		}
		line, column, detail := refusal(sel, err)
		add("refused", line, column, detail)
		return rows, nil
	}
	v := &view{}
	v.setColumns(plan)
	var names, declared []string
	for _, c := range v.columns {
		names, declared = append(names, c.Name), append(declared, strings.TrimSpace(c.Name+" "+c.Type))
	}
	add("accepted", 0, 0, "columns "+strings.Join(declared, ", "))
	circuit := newCircuitTable(plan, "("+strings.Join(names, ", ")+")", kept(plan))
	for _, r := range circuit.rows {
		add("operator", 0, 0, r[len(r)-1].Str())
	}
	add("state", 0, 0, "output: "+kept(plan))
	advice := plan.Advice()
	for _, s := range advice.State {
		add("state", 0, 0, s)
	}
	for _, s := range advice.Indexes {
		add("index", 0, 0, s)
	}
	for _, s := range advice.Warnings {
		add("warning", 0, 0, s)
	}
	return rows, nil
}

// refusal tells where and why a definition is refused. SQLite does not tell where: that is the place of the name that its
// message ends with, or quotes, if the text has it just once.
func refusal(sel string, err error) (line, column int, detail string) {
	var unsupported *planner.Unsupported
	if errors.As(err, &unsupported) {
		detail = unsupported.Construct + " is not supported"
		if unsupported.PlainView != "" {
			detail += ", in view " + unsupported.PlainView
		}
		if unsupported.Hint != "" {
			detail += " (" + unsupported.Hint + ")"
		}
		return unsupported.Line, unsupported.Column, detail
	}
	var unsure *planner.Unsure
	if errors.As(err, &unsure) {
		return unsure.Line, unsure.Column, unsure.Reason()
	}
	detail = strings.TrimPrefix(err.Error(), "planner: ")
	if errors.Is(err, planner.ErrColumnCount) {
		return 0, 0, strings.Replace(detail, "view  has", "it has", 1)
	}
	name := detail[strings.LastIndexAny(detail, " .")+1:]
	if near, rest, ok := strings.Cut(detail, `": `); ok && rest != "" {
		name = strings.TrimPrefix(near, `near "`)
	}
	at := -1
	for _, t := range sqltext.Tokens(sel) {
		if t.Blank() || !strings.EqualFold(sqltext.Dequote(t.Text(sel)), name) {
			continue
		}
		if at >= 0 {
			return 0, 0, detail
		}
		at = t.Start
		if strings.HasPrefix(detail, "no such table") || strings.HasPrefix(detail, "no such function") {
			break // it is wrong everywhere
		}
	}
	if at < 0 {
		return 0, 0, detail
	}
	before := sel[:at]
	return 1 + strings.Count(before, "\n"), 1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:])), detail
}
