/* Kafel's expressions (src/parser.y, bool_expr) → alternatives. SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/import/kafel/kafel.h"
#include "policies/policy/call_set.h"

enum {
	DEPTH_MOST = 200,	  /* Kafel's own MAX_EXPRESSION_DEPTH */
	PARENTHESES_MOST = 200,
	ALTERNATIVES_MOST = 2048,
};

/* (argument & mask) | set, or a number: mask is 0. */
struct bits {
	unsigned arg;
	uint64_t mask, set;
	unsigned depth;
};

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST, NODE_CONSTANT };

struct node {
	enum node_kind kind;
	unsigned depth;
	size_t left, right; /* positions of nodes; a NODE_NOT has only the left one */
	unsigned arg;
	enum foreign_op op;
	uint64_t mask, value; /* for a NODE_CONSTANT: 0 or 1 */
};

/* The kind of a parenthesis is only known after it was read. */
struct value {
	bool truth; /* it is a node; otherwise bits */
	size_t node;
	struct bits bits;
};

struct reading {
	struct kafel_words *words;
	struct foreign *foreign;
	const struct syscall_desc *call;
	enum arch arch;
	const struct kafel_arguments *arguments;
	VEC(struct node) nodes;
	unsigned parentheses;
};

static int parse_all(struct reading *r, struct value *out, struct error *e);

static int argument_of(const struct reading *r)
{
	const struct kafel_words *w = r->words;
	if (!r->arguments->declared)
		return kafel_argument(r->call, w->text, w->n);
	for (unsigned i = 0; i < r->arguments->count; i++)
		if (r->arguments->lengths[i] == w->n && memcmp(r->arguments->names[i], w->text, w->n) == 0)
			return (int)i;
	return -1;
}

static int parse_operand(struct reading *r, struct value *out, struct error *e)
{
	struct kafel_words *w = r->words;
	uint64_t constant = 0;
	int rc = 0;
	*out = (struct value){0};
	if (kafel_take(w, "(", &rc, e)) {
		if (rc == 0 && r->parentheses++ >= PARENTHESES_MOST)
			return kafel_wrong(w, e, "too many parentheses");
		rc = rc < 0 ? rc : parse_all(r, out, e);
		r->parentheses--;
		return rc < 0 ? rc : kafel_expect(w, ")", e);
	}
	if (w->kind == KAFEL_NUMBER) {
		out->bits.set = w->number;
	} else if (kafel_constant(w, &constant)) {
		out->bits.set = constant;
	} else {
		int arg = w->kind == KAFEL_WORD ? argument_of(r) : -1;
		if (arg < 0)
			return kafel_wrong(w, e, "expected a number, a constant or an argument's name (the call's arguments can be declared, as in socket(a, b, c))");
		out->bits.arg = (unsigned)arg;
		out->bits.mask = UINT64_MAX;
	}
	return kafel_next(w, e);
}

/* One of the two operands must be a number, because no test is about two arguments. */
static int join_bits(struct reading *r, struct value *left, const struct value *right, bool both, struct error *e)
{
	if (left->truth || right->truth)
		return kafel_wrong(r->words, e, "a comparison is used as a number");
	if (left->bits.mask != 0 && right->bits.mask != 0)
		return kafel_wrong(r->words, e, "two arguments are combined, which a policy cannot test,");
	struct bits a = left->bits.mask != 0 ? left->bits : right->bits, b = left->bits.mask != 0 ? right->bits : left->bits;
	unsigned depth = 1 + (a.depth > b.depth ? a.depth : b.depth);
	left->bits = both ? (struct bits){a.arg, a.mask & b.set, a.set & b.set, depth}
			  : (struct bits){a.arg, a.mask & ~b.set, a.set | b.set, depth};
	return depth > DEPTH_MOST ? kafel_wrong(r->words, e, "an expression deeper than Kafel's 200") : 0;
}

static int parse_bits(struct reading *r, struct value *out, struct error *e)
{
	int rc = parse_operand(r, out, e);
	/* "&" binds before "|". */
	struct value sum = {0};
	bool begun = false;
	while (rc == 0) {
		struct value next;
		if (kafel_take(r->words, "&", &rc, e)) {
			rc = rc < 0 ? rc : parse_operand(r, &next, e);
			rc = rc < 0 ? rc : join_bits(r, out, &next, true, e);
			continue;
		}
		if (begun)
			rc = join_bits(r, &sum, out, false, e);
		else
			sum = *out;
		if (rc < 0 || !kafel_take(r->words, "|", &rc, e))
			break;
		begun = true;
		rc = rc < 0 ? rc : parse_operand(r, out, e);
	}
	*out = sum;
	return rc;
}

static int add_node(struct reading *r, struct node n, struct value *out, struct error *e)
{
	if (n.depth > DEPTH_MOST)
		return kafel_wrong(r->words, e, "an expression deeper than Kafel's 200; write it flatter");
	*out = (struct value){.truth = true, .node = r->nodes.count};
	return vec_push(&r->nodes, n) ? 0 : error_memory(e);
}

/* Makes a test of an argument from both sides, one of which is a number. */
static int add_comparison(struct reading *r, enum foreign_op op, struct value *left, const struct value *right, struct error *e)
{
	static const enum foreign_op turned[] = {[FOREIGN_EQ] = FOREIGN_EQ, [FOREIGN_NE] = FOREIGN_NE, [FOREIGN_LT] = FOREIGN_GT,
						 [FOREIGN_LE] = FOREIGN_GE, [FOREIGN_GT] = FOREIGN_LT, [FOREIGN_GE] = FOREIGN_LE};
	if (left->truth || right->truth)
		return kafel_wrong(r->words, e, "the result of a comparison is compared");
	if (left->bits.mask != 0 && right->bits.mask != 0)
		return kafel_wrong(r->words, e, "two arguments are compared, which a policy cannot do,");
	struct bits a = left->bits.mask != 0 ? left->bits : right->bits;
	uint64_t number = left->bits.mask != 0 ? right->bits.set : left->bits.set;
	struct node n = {.kind = NODE_TEST, .arg = a.arg, .op = left->bits.mask != 0 ? op : turned[op], .mask = a.mask,
			 .value = number & ~a.set};
	n.depth = 1 + (left->bits.depth > right->bits.depth ? left->bits.depth : right->bits.depth);
	bool equality = op == FOREIGN_EQ || op == FOREIGN_NE;
	if (a.mask == 0) {
		uint64_t x = left->bits.set, y = right->bits.set;
		const bool holds[] = {[FOREIGN_EQ] = x == y, [FOREIGN_NE] = x != y, [FOREIGN_LT] = x < y,
				      [FOREIGN_LE] = x <= y, [FOREIGN_GT] = x > y,  [FOREIGN_GE] = x >= y};
		n.kind = NODE_CONSTANT;
		n.value = holds[op];
	} else if (!equality && a.set != 0) {
		return kafel_wrong(r->words, e, "\"|\" before <, <=, > or >=, which a policy cannot test,");
	} else if (equality && ((number & a.set) != a.set || (number & ~(a.mask | a.set)) != 0)) {
		n.kind = NODE_CONSTANT;
		n.value = op == FOREIGN_NE;
	}
	return add_node(r, n, left, e);
}

static int parse_primary(struct reading *r, struct value *out, struct error *e)
{
	static const struct {
		const char *sign;
		enum foreign_op op;
	} ops[] = {{"==", FOREIGN_EQ}, {"!=", FOREIGN_NE}, {"<=", FOREIGN_LE}, {"<", FOREIGN_LT}, {">=", FOREIGN_GE}, {">", FOREIGN_GT}};
	int rc = 0;
	unsigned inverted = 0;
	while (kafel_take(r->words, "!", &rc, e))
		if (++inverted > DEPTH_MOST)
			return kafel_wrong(r->words, e, "an expression deeper than Kafel's 200");
	if (rc == 0)
		rc = parse_bits(r, out, e);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]) && rc == 0; i++)
		if (kafel_take(r->words, ops[i].sign, &rc, e)) {
			struct value right;
			rc = rc < 0 ? rc : parse_bits(r, &right, e);
			rc = rc < 0 ? rc : add_comparison(r, ops[i].op, out, &right, e);
			break;
		}
	if (rc == 0 && inverted > 0 && !out->truth)
		rc = kafel_wrong(r->words, e, "expected a comparison");
	for (; inverted > 0 && rc == 0; inverted--)
		rc = add_node(r, (struct node){.kind = NODE_NOT, .left = out->node, .depth = r->nodes.items[out->node].depth + 1}, out, e);
	return rc;
}

/* Parts joined by one sign, from the left. */
static int parse_joined(struct reading *r, const char *sign, enum node_kind kind,
			int (*part)(struct reading *r, struct value *out, struct error *e), struct value *out, struct error *e)
{
	int rc = part(r, out, e);
	while (rc == 0 && kafel_take(r->words, sign, &rc, e)) {
		struct value right = {0};
		rc = rc < 0 ? rc : part(r, &right, e);
		if (rc == 0 && (!out->truth || !right.truth))
			rc = kafel_wrong(r->words, e, "expected a comparison");
		if (rc < 0)
			return rc;
		unsigned a = r->nodes.items[out->node].depth, b = r->nodes.items[right.node].depth;
		rc = add_node(r, (struct node){.kind = kind, .left = out->node, .right = right.node, .depth = 1 + (a > b ? a : b)}, out, e);
	}
	return rc;
}

static int parse_and(struct reading *r, struct value *out, struct error *e)
{
	return parse_joined(r, "&&", NODE_AND, parse_primary, out, e);
}

static int parse_or(struct reading *r, struct value *out, struct error *e)
{
	return parse_joined(r, "||", NODE_OR, parse_and, out, e);
}

static int parse_all(struct reading *r, struct value *out, struct error *e)
{
	return parse_joined(r, ",", NODE_OR, parse_or, out, e);
}

/* → alternatives. -------------------------------------------------------------------------------------------------- */

static int add_always(struct foreign_alternatives *out, struct error *e)
{
	return vec_push(out, (struct alternative){0}) ? 0 : error_memory(e);
}

static int add_test(struct reading *r, const struct node *n, bool inverted, struct foreign_alternatives *out, struct error *e)
{
	static const enum foreign_op opposite[] = {[FOREIGN_EQ] = FOREIGN_NE, [FOREIGN_NE] = FOREIGN_EQ, [FOREIGN_LT] = FOREIGN_GE,
						   [FOREIGN_LE] = FOREIGN_GT, [FOREIGN_GT] = FOREIGN_LE, [FOREIGN_GE] = FOREIGN_LT};
	struct alternative a = {0};
	bool never = false;
	int rc = foreign_test(r->foreign, &a, r->call, r->arch, n->arg, inverted ? opposite[n->op] : n->op, n->mask, n->value, &never, e);
	if (rc == 0 && !never && vec_push(out, a))
		return 0;
	alternative_clear(&a);
	return rc == 0 && !never ? error_memory(e) : rc;
}

/* out = a × b, without combinations that no call can meet. */
static int multiply(struct reading *r, const struct foreign_alternatives *a, const struct foreign_alternatives *b,
		    struct foreign_alternatives *out, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < a->count && rc == 0; i++)
		for (size_t k = 0; k < b->count && rc == 0; k++) {
			struct alternative both = {0};
			rc = alternative_copy(&both, &a->items[i], r->call, r->arch, e);
			for (size_t t = 0; t < b->items[k].tests.count && rc == 0; t++) {
				const struct test *test = &b->items[k].tests.items[t];
				rc = alternative_add_test(&both, r->call, r->arch, test->arg, test->mask, test->ranges.items,
							  test->ranges.count, e);
			}
			bool keep = rc == 0 && alternative_possible(&both);
			if (keep && out->count >= ALTERNATIVES_MOST)
				rc = kafel_wrong(r->words, e, "too many alternatives before");
			else if (keep && !vec_push(out, both))
				rc = error_memory(e);
			if (!keep || rc < 0)
				alternative_clear(&both);
		}
	return rc;
}

static int expand(struct reading *r, size_t at, bool inverted, struct foreign_alternatives *out, struct error *e)
{
	const struct node n = r->nodes.items[at];
	if (n.kind == NODE_NOT)
		return expand(r, n.left, !inverted, out, e);
	if (n.kind == NODE_CONSTANT)
		return (n.value != 0) != inverted ? add_always(out, e) : 0;
	if (n.kind == NODE_TEST)
		return add_test(r, &n, inverted, out, e);
	if ((n.kind == NODE_OR) != inverted) {
		int rc = expand(r, n.left, inverted, out, e);
		return rc < 0 ? rc : expand(r, n.right, inverted, out, e);
	}
	struct foreign_alternatives left = {0}, right = {0};
	int rc = expand(r, n.left, inverted, &left, e);
	if (rc == 0)
		rc = expand(r, n.right, inverted, &right, e);
	if (rc == 0)
		rc = multiply(r, &left, &right, out, e);
	foreign_alternatives_clear(&left);
	foreign_alternatives_clear(&right);
	return rc;
}

int kafel_expression(struct kafel_words *w, struct foreign *f, const struct syscall_desc *call, enum arch arch,
		     const struct kafel_arguments *arguments, struct foreign_alternatives *out, struct error *e)
{
	struct reading r = {.words = w, .foreign = f, .call = call, .arch = arch, .arguments = arguments};
	struct value whole = {0};
	int rc = parse_all(&r, &whole, e);
	if (rc == 0 && !whole.truth)
		rc = kafel_wrong(w, e, "expected a comparison");
	if (rc == 0)
		rc = expand(&r, whole.node, false, out, e);
	vec_free(&r.nodes);
	return rc;
}
