package history

import "strings"

// wildDefinition makes a definition with a construct that need not be maintained. The engine may refuse it; what it
// accepts must be right. Only constructs whose result SQL determines are made.
func (d *designer) wildDefinition() definition {
	for range 100 {
		a := d.relations[d.IntN(len(d.relations))]
		b := d.relations[d.IntN(len(d.relations))]
		if len(a.cols) == 0 || len(b.cols) == 0 {
			continue
		}
		column := func(rel relation, alias string) string { return alias + "." + pick(d.rng, rel.cols...).name }
		x, y, z := column(a, "x"), column(b, "y"), column(a, "x")
		var all []string
		for _, c := range a.cols {
			all = append(all, "x."+c.name)
		}
		every := strings.Join(all, ", ")
		sql := pick(d.rng,
			sprintf("SELECT %s AS p, count(*) OVER (PARTITION BY %s) AS q FROM %s x", x, z, a.name),
			sprintf("SELECT %s, rank() OVER (ORDER BY %s) AS q FROM %s x", every, every, a.name),
			sprintf("SELECT %s FROM %s x ORDER BY %s LIMIT 2", every, a.name, every),
			sprintf("SELECT %s FROM %s x ORDER BY %s", every, a.name, x),
			sprintf("SELECT p, count(*) AS n FROM (SELECT %s AS p FROM %s x ORDER BY %s LIMIT 3) GROUP BY p", every, a.name, every),
			sprintf("SELECT %s AS p, (SELECT %s FROM %s y WHERE %s = %s) AS q FROM %s x", x, y, b.name, y, z, a.name),
			sprintf("SELECT %s AS p, g.value AS q FROM %s x JOIN generate_series(1, 3) g ON g.value <> %s", x, a.name, z),
			sprintf("SELECT x.rowid AS r, %s AS p FROM %s x", x, a.name),
			sprintf("SELECT sum(%s) OVER () AS s FROM %s x GROUP BY %s", "1", a.name, z),
			sprintf("SELECT count(*) AS n FROM %s x, %s y, %s w WHERE x.%s = w.%s", a.name, b.name, a.name, a.cols[0].name, a.cols[0].name),
			sprintf("SELECT json_group_array(%s ORDER BY quote(%s), hex(%s)) AS j FROM %s x", x, x, x, a.name),
			sprintf("SELECT group_concat(%s, ',' ORDER BY quote(%s), hex(%s)) AS j, count(*) AS n FROM %s x GROUP BY %s IS NULL", x, x, x, a.name, z),
			sprintf("SELECT %s AS p FROM %s AS x INDEXED BY nothing", x, a.name),
			sprintf("SELECT %s AS p FROM %s AS x NOT INDEXED WHERE likelihood(%s > 1, 0.5)", x, a.name, z),
			sprintf("SELECT changes() AS c, %s AS p FROM %s x", x, a.name),
			sprintf("SELECT random() * 0 AS r, %s AS p FROM %s x", x, a.name),
			sprintf("SELECT %s AS p FROM %s x WHERE %s < date('now') || 'x'", x, a.name, z),
		)
		return definition{query: &query{arms: []*selectCore{{raw: sql}}}, size: 20}
	}
	return d.define()
}
