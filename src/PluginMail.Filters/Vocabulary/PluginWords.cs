using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>Rows for the words of a plugin: its typed signatures become those of the table.</summary>
internal static class PluginWords
{
    /// <summary>The row of a plugin's test.</summary>
    public static Word Of(string plugin, FilterTest test) => Row(plugin, WordKind.Test, test.Name, test.Summary, test.Parameters) with
    {
        CompileTest = (word, _) => new PluginTestNode(word.Span, test, ArgumentsOf(word, test.Parameters)),
    };

    /// <summary>The row of a plugin's action.</summary>
    public static Word Of(string plugin, FilterAction action) => Row(plugin, WordKind.Action, action.Name, action.Summary, action.Parameters) with
    {
        CompileCommand = (word, _) =>
        {
            var arguments = ArgumentsOf(word, action.Parameters);
            return new ActionNode(
                word.Span, run => new FilterEffect.PluginAction(action, arguments(run)) { IsCopy = !action.CancelsKeep });
        },
    };

    private static Word Row(string plugin, WordKind kind, string name, string summary, ImmutableArray<FilterParameter> parameters) =>
        new(name.ToLowerInvariant(), kind, summary)
        {
            Reference = $"plugin {plugin}",
            Parameters = [.. parameters.Where(IsPositional).Select(Positional)],
            Tags = [.. parameters.Where(parameter => !IsPositional(parameter)).Select(Tag)],
            RequiredGroups = [.. parameters.Where(parameter => !IsPositional(parameter) && parameter.IsRequired).Select(parameter => parameter.Name)],
        };

    private static bool IsPositional(FilterParameter parameter) => !parameter.Name.StartsWith(':');

    private static Parameter Positional(FilterParameter parameter) => new(parameter.Name.Trim('<', '>'), KindOf(parameter.Type));

    private static TagSignature Tag(FilterParameter parameter) => new(parameter.Name.TrimStart(':').ToLowerInvariant(), parameter.Summary)
    {
        Group = parameter.Name,
        Value = parameter.Type == FilterArgumentType.Flag ? null : new("value", KindOf(parameter.Type)),
    };

    private static ValueKind KindOf(FilterArgumentType type) => type switch
    {
        FilterArgumentType.Number => ValueKind.Number,
        FilterArgumentType.TextList => ValueKind.TextList,
        _ => ValueKind.Text,
    };

    /// <summary>The arguments; made once where no variable is in them.</summary>
    private static Func<FilterRun, FilterArguments> ArgumentsOf(BoundWord word, ImmutableArray<FilterParameter> parameters)
    {
        var strings = word.Arguments.Concat(word.Tags.Select(tag => tag.Value)).OfType<BoundStrings>().SelectMany(value => value.Strings);
        if (strings.Any(text => !text.Value.IsConstant))
        {
            return run => ArgumentsOf(word, parameters, text => text.Text(run));
        }

        var constant = ArgumentsOf(word, parameters, static text => text.Constant);
        return _ => constant;
    }

    private static FilterArguments ArgumentsOf(
        BoundWord word, ImmutableArray<FilterParameter> parameters, Func<StringExpression, string> textOf)
    {
        var texts = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>();
        var numbers = ImmutableDictionary.CreateBuilder<string, long>();
        var flags = ImmutableHashSet.CreateBuilder<string>();
        var position = 0;
        foreach (var parameter in parameters)
        {
            var tag = IsPositional(parameter) ? null : word.TagOf(parameter.Name.TrimStart(':').ToLowerInvariant());
            switch (IsPositional(parameter) ? word.Arguments[position++] : tag?.Value)
            {
                case BoundStrings strings:
                    texts[parameter.Name] = [.. strings.Strings.Select(text => textOf(text.Value))];
                    break;
                case BoundNumber number:
                    numbers[parameter.Name] = number.Value;
                    break;
                case null when tag is not null:
                    flags.Add(parameter.Name);
                    break;
            }
        }

        return new(texts.ToImmutable(), numbers.ToImmutable(), flags.ToImmutable());
    }
}
