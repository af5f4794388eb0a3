"""What our own processes say of errands, messages, printers and transfers that did not get through."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # errands
    "已尝试 {count} 次：{words}": "Tries so far: {count}. {words}",
    "已尝试 {count} 次而没有结果。请查明原因后重试。": (
        "Tries so far: {count}, without a result. Find out why, then try again."
    ),
    "程序内部错误({kind}),已记入日志;稍后重试。": (
        "A fault inside the program ({kind}), noted in the log; tried again later."
    ),
    "没有配置快递 {courier}。请系统管理人员补上其设置后重试。": (
        "The courier {courier} is not configured. Have an administrator add its settings, then try again."
    ),
    "没有配置快递 {courier}，未询问。": "The courier {courier} is not configured; it was not asked.",
    "{who} 不提供此项接口（{operation}）。请与快递方电话联系。": (
        "{who} does not offer this ({operation}). Call the courier by telephone."
    ),
    "这张订单最早下于 {days} 天以前，快递方可能已不记得本单编号，再下一次就会多出一个运单，系统不再自动下单。"
    "请先与快递方核实：没有运单的，点重试即再下单；已有运单的，请快递方撤销后再重试。": (
        "This order was first placed over {days} days ago. The courier may have forgotten its number, and ordering "
        "once more would make a second waybill, so the system no longer orders by itself. Ask the courier first: if "
        "there is no waybill, try again; if there is one, have it cancelled, then try again."
    ),
    "寄递件已不在下单中，未再联系快递方。": "The envelope is no longer being ordered; the courier was not contacted.",
    "寄递件已不待寄出，未再询问。": "The envelope no longer waits to be sent; nothing was asked.",
    "寄递件已作废，未再补登。": "The envelope is void; its number was not registered.",
    "寄递件已作废，无须补登。": "The envelope is void; nothing has to be registered.",
    "快递方不同意撤单，已记录。": "The courier did not agree to cancel; this is recorded.",
    "快递方拒单，已记录。": "The courier refused the order; this is recorded.",
    "快递方没有接受订阅，轨迹仍按查询更新。": (
        "The courier did not accept the subscription; tracking is still asked for."
    ),
    "第二来源不认识这家快递，未再询问。": "The second source does not know this courier; it was not asked.",
    "这家快递无须订阅。": "This courier needs no subscription.",
    "已改用号段号 {number}，由补登继续": "A number from the pool is used instead ({number}), and registered later",
    "推送里的运单号不属于本系统的任何寄递件。请与快递方核实。": (
        "The waybill number in the push belongs to no envelope here. Ask the courier."
    ),
    "快递方给寄递件 {no} 的运单号 {number} 正由寄递件 {other} 使用。请与快递方核实。": (
        "The courier gave envelope {no} the waybill number {number}, which envelope {other} uses. Ask the courier."
    ),
    # a courier's account
    "{why}，到时自动继续。": "{why}. It goes on by itself.",
    "该快递账户暂停中（接连失败或对方要求稍后）": (
        "the courier's account is paused (it failed repeatedly, or the courier asked to wait)"
    ),
    "该快递账户正由一次呼叫试探是否恢复": "a call is trying whether the courier's account works again",
    "该快递账户本分钟的调用次数已用完": "the courier's account has used up this minute's calls",
    "该快递账户今日的调用次数已用完": "the courier's account has used up today's calls",
    "快递方不认本系统的账户（代码 {code}）：授权、签名、时钟或地址有误。"
    "请系统管理人员运行 youdang couriers check 查明；改正后自动继续。": (
        "The courier does not accept our account (code {code}): authorisation, signature, clock or address is wrong. "
        "Have an administrator run youdang couriers check; once it is put right, things go on by themselves."
    ),
    # printers
    "打印机「{name}」（{address}）": "the printer {name} ({address})",
    "{where}的名称解析不到地址（{why}）。请检查网络或改填 IP 地址。": (
        "No address was found for {where}: {why}. Check the network, or enter an IP address."
    ),
    "{where}不在允许打印的内网网段或端口内，没有连接。请系统管理人员更正。": (
        "Nothing was sent to {where}: it lies outside the networks or ports allowed for printing. Have an "
        "administrator correct it."
    ),
    "{where}没有收下（{why}）。请看电源、网线、纸张和机盖。": (
        "{where} did not take it: {why}. Look at its power, cable, paper and cover."
    ),
    "没有应答": "no answer",
    "拒绝连接": "connection refused",
    "中途断开": "the connection broke off",
    "没有收完": "it did not take all of it",
    "打印机「{name}」换了语言、点数或纸张，先前备好的内容不再适用。请放弃这份，重新打印。": (
        "The printer {name} has another language, resolution or paper now: what was made for it no longer fits. Give "
        "this one up and print again."
    ),
    "经办人不再打印。": "An officer gave it up.",
    "已经送出过，未再打印。": "It was sent before; nothing was printed again.",
    # channels
    "未配置邮件服务器,站内提醒照常。 {rest}": "{rest}",
    "经办人已停用,站内提醒照常。 {rest}": "{rest}",
    "经办人没有站外的提醒方式,站内提醒照常。 {rest}": "{rest}",
    "连不上对方": "it cannot be reached",
    "对方没有及时应答": "it did not answer in time",
    "对方限流": "it limits how often we call",
    "对方故障": "it has a fault",
    "地址不能用，请重新填写。": "The address cannot be used. Enter it again.",
    "下一渠道随即再试。": "The next channel is tried at once.",
    "同一条提醒正在发到本群。": "The same notice is just being sent to this group.",
    "这个渠道停用中（接连失败或对方不认）。": (
        "This channel is out of use (it failed repeatedly, or we are not accepted)."
    ),
    "提醒级次要求的渠道不存在（{name}）。请改正时限规则。": (
        "The reminder asks for a channel that does not exist ({name}). Correct the rule of the deadline."
    ),
    "经办人没有登记手机号码。": "The officer has no mobile number here.",
    "经办人没有登记邮箱。": "The officer has no e-mail address here.",
    "没有配置邮件服务器。": "No mail server is configured.",
    "服务没有收下，或没有应答。": "The service did not take it, or did not answer.",
    "这个地址 Apprise 读不懂，请核对。": "Apprise cannot read this address. Check it.",
    "不允许连接这个主机。请服务器管理员列入 YOUDANG_CHANNEL_HOSTS。": (
        "This host may not be contacted. Have the server's administrator list it in YOUDANG_CHANNEL_HOSTS."
    ),
    "机器人不认本系统：地址、加签密钥、关键词或 IP 白名单有误，或机器人已停用": (
        "The robot does not accept us: address, signing key, keyword or list of IPs is wrong, or it was switched off"
    ),
    "对方不收这条内容": "It does not take this content",
    "{words}（代码 {code}）。": "{words} (code {code}).",
    "钉钉系统繁忙。": "DingTalk is busy.",
    "钉钉限流。": "DingTalk limits how often we call.",
    "企业微信系统繁忙。": "WeCom is busy.",
    "企业微信限流。": "WeCom limits how often we call.",
    "飞书限流。": "Feishu limits how often we call.",
    "应答读不懂（HTTP {code}）。": "The answer cannot be read (HTTP {code}).",
    "对方没有收下（代码 {code}，HTTP {status}）。": "It was not taken (code {code}, HTTP {status}).",
    "短信网关不认本系统的账号或签名（HTTP {code}）。请核对账号、密钥和时钟。": (
        "The text-message gateway does not accept our account or signature (HTTP {code}). Check account, key and clock."
    ),
    "短信网关的地址不对（HTTP {code}）。": "The text-message gateway's address is wrong (HTTP {code}).",
    "短信网关不收这条短信（HTTP {code}）：号码或内容不合要求。": (
        "The text-message gateway does not take this message (HTTP {code}): number or content is not as required."
    ),
    "短信网关没有收下（HTTP {code}）。": "The text-message gateway did not take it (HTTP {code}).",
    '短信网关的应答读不懂：应为 {"accepted": true}。': (
        'The text-message gateway\'s answer cannot be read; it should be {"accepted": true}.'
    ),
    "短信网关不收这条短信：号码或内容不合要求。": (
        "The text-message gateway does not take this message: number or content is not as required."
    ),
    "邮件服务器暂不接受收件地址(代码 {code})。": "The mail server does not take the address for now (code {code}).",
    "邮件服务器不接受收件地址(代码 {code})。请核对该经办人的邮箱。": (
        "The mail server does not take the address (code {code}). Check the officer's e-mail address."
    ),
    "邮件服务器不认账号或密码(代码 {code})。请管理员核对设置。": (
        "The mail server does not accept account or password (code {code}). Have an administrator check the settings."
    ),
    "邮件服务器答复 {code},稍后重试。": "The mail server answered {code}; tried again later.",
    "邮件服务器拒收这封邮件(代码 {code})。": "The mail server refused this letter (code {code}).",
    "邮件服务器不可用({kind}),稍后重试。": "The mail server cannot be used ({kind}); tried again later.",
    # transfers to an archive
    "没有一个归档信息包通过四性检测，什么都没有移交。": (
        "No archive package passed the four checks; nothing was transferred."
    ),
    "桶 {name} 没有开启对象锁定，不能用来移交。请另建开启对象锁定的桶": (
        "The bucket {name} has no object lock, so nothing can be transferred to it. Make one that has"
    ),
    "{path} 没有按保管期限锁上。请检查桶的设置和权限": (
        "{path} was not locked for its retention. Check the bucket's settings and rights"
    ),
    "{path} 没有锁上（法律保留）。请检查桶的设置和权限": (
        "{path} was not locked (legal hold). Check the bucket's settings and rights"
    ),
    "{place} 里的文件与批次不符：{names}。请换一个前缀后重试": (
        "The files at {place} are not those of the batch: {names}. Choose another prefix, then try again"
    ),
    "{place} 里的文件与批次不符：{names}。请移走后重试": (
        "The files at {place} are not those of the batch: {names}. Take them away, then try again"
    ),
    "{path} 已有别的内容，没有覆盖。请换一个前缀后重试": (
        "{path} holds something else, which was not written over. Choose another prefix, then try again"
    ),
    "{path} 已有别的内容，没有覆盖。请移走后重试": (
        "{path} holds something else, which was not written over. Take it away, then try again"
    ),
    "对象存储没有办成：{code}": "The object store did not do it: {code}",
    "对象存储连不上：{kind}": "The object store cannot be reached: {kind}",
    "对象存储拒绝：{code}。请检查桶、权限和密钥": "The object store refused: {code}. Check bucket, rights and key",
    "{path} 不在移交文件夹内": "{path} lies outside the exchange folder",
    "写不进 {path}：{why}": "{path} cannot be written: {why}",
    "没有找到离线载体 {path}，请放入载体并挂载": "The offline medium {path} is not there. Put it in and mount it",
    "未列入本批次": "not in this batch",
    "已处置": "disposed of",
    "在批次 {no}": "in batch {no}",
    "这种移交方式没有设置好。请系统管理人员设置后重试": (
        "This way of transferring is not set up. Have an administrator set it up, then try again"
    ),
    "存放的文件有误：{kind}。请看归档页的文件核对": (
        "A stored file is at fault: {kind}. See the file check on the archive page"
    ),
    "存放的包读不出来或内容已变，见归档页的文件核对": (
        "The stored package cannot be read, or has changed: see the file check on the archive page"
    ),
    "{path} 读回的内容与原件不符，移交没有完成。请检查载体或存储后重试": (
        "What was read back of {path} is not what was written: the transfer is not done. Check the medium or store, "
        "then try again"
    ),
    # announcements of days off
    "国务院办公厅关于{year}年部分节假日安排的通知": (
        "Notice of the General Office of the State Council on the public holidays of {year}"
    ),
    "{year}年节假日安排（表格导入）": "Public holidays of {year} (from a table)",
    "{region} 地方节假日安排": "Local public holidays of {region}",
    "{agency}收件安排": "Days of {agency}",
    # what nobody typed
    "FIELD {words}": "{words}",
    "UNSUPPORTED {words}": "{words}",
    "{code} {who}没有说明原因。": "{code}: {who} gave no reason.",
    "快递称已妥投，本单位未收到。": "The courier says that it was delivered; this agency has not got it.",
    "寄件单位要求取消": "The sender asks to cancel",
}

WORDS: Mapping[str, str] = {
    "快递方": "the courier",
    "EMS": "China Post EMS",
    "EMS 旧接口": "China Post EMS (old interface)",
    "顺丰": "SF Express",
    "顺丰平台": "SF Express's platform",
    "寄件人": "sender",
    "收件人": "receiver",
    "姓名": "name",
    "电话": "telephone",
    "省": "province",
    "市": "city",
    "区县": "county",
    "地址": "address",
    "邮政编码": "postcode",
    "订单号": "order number",
    "运单号": "waybill number",
    "备注": "remark",
    "请求": "request",
    "下单": "placing orders",
    "取消": "cancelling",
    "地址文件": "the address file",
    "寄递文件": "the mail file",
    "更改文件": "the file of changes",
    "订单文件": "the order file",
    "其他原因": "other reason",
    "是": "yes",
    "否": "no",
    "无": "none",
    "空": "empty",
}
"""What may stand in a blank: names and nouns, several of them parted by 、."""
