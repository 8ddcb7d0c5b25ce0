using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Checks one value against its parameter: its type, and what its strings stand for.</summary>
internal sealed class ValueChecker(FilterVocabulary vocabulary, Requirements requirements, DiagnosticBag diagnostics)
{
    /// <summary>Whether one of the strings refers to match variables.</summary>
    public bool RefersToMatches { get; private set; }

    /// <summary>The value, or null where it is wrong.</summary>
    public BoundValue? Bind(Word word, Parameter parameter, ArgumentSyntax argument)
    {
        switch (argument)
        {
            case NumberSyntax number when parameter.Kind == ValueKind.Number:
                return new BoundNumber(number.Value, number.Span);
            case StringListSyntax list when parameter.Kind == ValueKind.TextList:
            case StringListSyntax { HasBrackets: false } when parameter.Kind == ValueKind.Text:
                return Strings(word, parameter, (StringListSyntax)argument);
            case StringListSyntax { Strings.Length: 1 } single when parameter.Kind == ValueKind.Text:
                diagnostics.Add(
                    FilterCodes.WrongArgument, argument.Span, $"`{word.Name}` needs {ArgumentBinder.Name(parameter)} here, without brackets.",
                    TextEdit.Replace(single.Span, Quote(single.Strings[0].Text), "remove the brackets"));
                return null;
            default:
                diagnostics.Add(
                    FilterCodes.WrongArgument, argument.Span,
                    $"`{word.Name}` needs {ArgumentBinder.Name(parameter)} here, not {Describe(argument)}.");
                return null;
        }
    }

    private static string Describe(ArgumentSyntax argument) => argument switch
    {
        NumberSyntax => "a number",
        StringListSyntax { HasBrackets: true } => "a list of strings",
        StringListSyntax => "a string",
        _ => "a tag",
    };

    internal static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private BoundStrings? Strings(Word word, Parameter parameter, StringListSyntax list)
    {
        var strings = ImmutableArray.CreateBuilder<BoundString>(list.Strings.Length);
        var good = list.Strings.Length > 0;
        foreach (var syntax in list.Strings)
        {
            if (Interpret(parameter, syntax) is not { } value)
            {
                good = false;
                continue;
            }

            strings.Add(new(value, syntax));
            good &= !value.IsConstant || (CheckAllowed(word, parameter, syntax, value.Constant) && CheckMeaning(word, parameter, syntax, value));
        }

        return good ? new(strings.DrainToImmutable(), list.Span) : null;
    }

    private StringExpression? Interpret(Parameter parameter, StringSyntax syntax)
    {
        var octets = syntax.Value;
        StringExpression? expression = null;
        foreach (var interpretation in vocabulary.Interpretations)
        {
            if (parameter.Meaning == ValueMeaning.Capability || !requirements.Has(interpretation.Capability))
            {
                continue;
            }

            var result = interpretation.Interpret(octets, vocabulary);
            if (result.Expression is not null && parameter.NeedsConstant)
            {
                continue;
            }

            octets = result.Value;
            expression = result.Expression;
            if (result.Changed)
            {
                requirements.Use(interpretation.Capability, syntax.Span, "This string");
            }

            foreach (var capability in result.Capabilities)
            {
                requirements.Use(capability, syntax.Span, "This string");
            }

            if (result.Fault is { } fault)
            {
                diagnostics.Add(interpretation.Code, syntax.Span, fault);
                return null;
            }
        }

        RefersToMatches |= expression is TemplateString { RefersToMatch: true };
        return expression ?? StringExpression.Of(octets);
    }

    private bool CheckAllowed(Word word, Parameter parameter, StringSyntax syntax, string value)
    {
        if (parameter.Allowed.IsEmpty || parameter.Allowed.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        var nearest = Spelling.Nearest(value, parameter.Allowed);
        diagnostics.Add(
            FilterCodes.UnknownValue, syntax.Span,
            $"`{word.Name}` knows {string.Join(" and ", parameter.Allowed.Select(allowed => $"\"{allowed}\""))}, not \"{value}\".",
            nearest is null ? null : TextEdit.Replace(syntax.Span, Quote(nearest), $"write \"{nearest}\""));
        return false;
    }

    private bool CheckMeaning(Word word, Parameter parameter, StringSyntax syntax, StringExpression value) => parameter.Meaning switch
    {
        ValueMeaning.AddressHeaderName => CheckAddressHeader(syntax, value.Constant),
        ValueMeaning.HeaderName => CheckHeaderName(syntax, value.Constant),
        ValueMeaning.EnvelopePart => CheckEnvelopePart(syntax, value.Constant),
        ValueMeaning.EnvironmentItem => CheckEnvironmentItem(syntax, value.Constant),
        ValueMeaning.Comparator => CheckComparator(syntax, value.Constant),
        ValueMeaning.Address => CheckAddress(word, syntax, value.Constant),
        ValueMeaning.Folder => CheckFolder(syntax, value),
        ValueMeaning.FolderOrAddress => MailAddress.IsAddress(value.Constant) || CheckFolder(syntax, value),
        _ => true,
    };

    private bool CheckHeaderName(StringSyntax syntax, string name)
    {
        if (HeaderNames.IsValid(name))
        {
            return true;
        }

        var trimmed = name.TrimEnd(':').Trim();
        diagnostics.Add(
            FilterCodes.BadHeaderName, syntax.Span, $"No message has a header named `{name}`.",
            HeaderNames.IsValid(trimmed) ? TextEdit.Replace(syntax.Span, Quote(trimmed), $"write \"{trimmed}\"") : null);
        return true;
    }

    private bool CheckAddressHeader(StringSyntax syntax, string name)
    {
        if (!HeaderNames.HoldsNoAddresses(name))
        {
            return CheckHeaderName(syntax, name);
        }

        diagnostics.Add(
            FilterCodes.NotAnAddressHeader, syntax.Span, $"The header `{name}` holds no addresses, so `address` cannot test it; `header` can.");
        return false;
    }

    private bool CheckEnvelopePart(StringSyntax syntax, string name)
    {
        var part = vocabulary.EnvelopeParts.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (part is not null)
        {
            requirements.Use(part.Capability, syntax.Span, $"The envelope part \"{part.Name}\"");
            return true;
        }

        var names = vocabulary.EnvelopeParts.Select(known => known.Name).ToList();
        var nearest = Spelling.Nearest(name, names);
        diagnostics.Add(
            FilterCodes.UnknownEnvelopePart, syntax.Span,
            $"The envelope has no part `{name}`; its parts are {string.Join(", ", names.Select(known => $"\"{known}\""))}.",
            nearest is null ? null : TextEdit.Replace(syntax.Span, Quote(nearest), $"write \"{nearest}\""));
        return false;
    }

    /// <summary>An item that is not known matches nothing and is no error (RFC 5183 4): other servers may have it.</summary>
    private bool CheckEnvironmentItem(StringSyntax syntax, string name)
    {
        var key = name.ToLowerInvariant();
        if (vocabulary.FindEnvironmentItem(key) is { } item)
        {
            requirements.Use(item.Capability, syntax.Span, $"The item \"{item.Name}\" of the environment");
        }
        else if (!key.StartsWith("vnd.", StringComparison.Ordinal))
        {
            var nearest = Spelling.Nearest(key, vocabulary.EnvironmentItems.Select(known => known.Name));
            diagnostics.Add(
                FilterCodes.UnknownEnvironmentItem, syntax.Span,
                $"The environment has no item \"{name}\" here, so that nothing matches it{(nearest is null ? "." : $"; did you mean \"{nearest}\"?")}",
                nearest is null ? null : TextEdit.Replace(syntax.Span, Quote(nearest), $"write \"{nearest}\""));
        }

        return true;
    }

    private bool CheckComparator(StringSyntax syntax, string name)
    {
        var comparator = vocabulary.Comparators.FirstOrDefault(known => known.Name == name);
        if (comparator is not null)
        {
            requirements.Use(comparator.Capability, syntax.Span, $"The comparator \"{name}\"");
            return true;
        }

        var nearest = Spelling.Nearest(name, vocabulary.Comparators.Select(known => known.Name));
        diagnostics.Add(
            FilterCodes.UnknownComparator, syntax.Span,
            $"There is no comparator `{name}`{(nearest is null ? "." : $"; did you mean `{nearest}`?")}",
            nearest is null ? null : TextEdit.Replace(syntax.Span, Quote(nearest), $"write \"{nearest}\""));
        return false;
    }

    private bool CheckAddress(Word word, StringSyntax syntax, string address)
    {
        if (MailAddress.IsSieveAddress(address))
        {
            return true;
        }

        diagnostics.Add(
            FilterCodes.BadAddress, syntax.Span, $"`{word.Name}` needs one mail address such as \"name@example.org\", not \"{address}\".");
        return false;
    }

    private bool CheckFolder(StringSyntax syntax, StringExpression folder)
    {
        if (FolderNames.FaultOf(folder.Octets.Span) is { } fault)
        {
            diagnostics.Add(FilterCodes.BadFolder, syntax.Span, fault);
            return false;
        }

        if (FolderNames.LooksEncoded(folder.Constant))
        {
            diagnostics.Add(
                FilterCodes.EncodedFolderName, syntax.Span,
                $"The folder name \"{folder.Constant}\" looks like the encoding of IMAP (modified UTF-7); folder names here are plain UTF-8.");
        }

        return true;
    }
}
